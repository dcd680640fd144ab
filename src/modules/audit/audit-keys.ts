import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { SealedColumn } from '../../common/crypto/sealed-column.js';
import { Sealer } from '../../common/crypto/sealer.js';
import { Clock } from '../../common/time/clock.js';
import { AuditConfig } from '../../config/audit.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditKeysRepository, type AuditKeyRow } from './audit-keys.repository.js';
import { thumbprintOf, type DocumentKey, type PublicKeys } from './signed-document.js';

/** Keys that sign what is sealed of the trail. */
export const SEALED_AUDIT_KEYS: SealedColumn = {
  table: 'audit_keys',
  column: 'sealed_key',
  id: { column: 'thumbprint', type: 'text' },
  purposeOf,
};

/**
 * The Ed25519 keys that sign what is sealed of the trail: `AUDIT_SIGNING_KEY`, or
 * one made once. All are kept in the database, sealed, public ones too: whoever has
 * the database alone can neither sign nor make us trust a key of their own.
 */
@Injectable()
export class AuditKeys {
  private readonly logger = new Logger(AuditKeys.name);
  private own: DocumentKey | null = null;

  constructor(
    private readonly repository: AuditKeysRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly sealer: Sealer,
    private readonly config: AuditConfig,
    private readonly clock: Clock,
  ) {}

  /** The key that signs; made when it is first asked for. */
  async signing(): Promise<DocumentKey> {
    this.own ??= await this.unitOfWork.run(async () => {
      await this.repository.lock();
      return this.config.signingKey === null ? this.loadOrMake() : this.given(this.config.signingKey);
    });
    return this.own;
  }

  /** Of all that have signed here. */
  async trusted(): Promise<PublicKeys> {
    await this.signing();
    const keys = (await this.repository.all()).flatMap((row) => {
      const pem = this.open(row);
      return pem === null ? [] : [createPublicKey(pem)];
    });
    return new Map(keys.map((key) => [thumbprintOf(key), key]));
  }

  /** The public keys as a JWK set (RFC 7517). */
  async jwks(): Promise<JsonWebKey[]> {
    return [...(await this.trusted())].map(([kid, key]) => ({
      ...key.export({ format: 'jwk' }),
      kid,
      alg: 'EdDSA',
      use: 'sig',
    }));
  }

  private async loadOrMake(): Promise<DocumentKey> {
    for (const row of await this.repository.all()) {
      const pem = this.open(row);
      // A public key is what is left of an AUDIT_SIGNING_KEY of the past.
      if (pem?.includes('PRIVATE KEY') === true)
        return { thumbprint: row.thumbprint, privateKey: createPrivateKey(pem) };
    }
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const thumbprint = thumbprintOf(publicKey);
    await this.keep(thumbprint, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    return { thumbprint, privateKey };
  }

  private async given(privateKey: DocumentKey['privateKey']): Promise<DocumentKey> {
    const publicKey = createPublicKey(privateKey);
    const thumbprint = thumbprintOf(publicKey);
    await this.keep(thumbprint, publicKey.export({ type: 'spki', format: 'pem' }).toString());
    return { thumbprint, privateKey };
  }

  private async keep(thumbprint: string, pem: string): Promise<void> {
    const sealed_key = this.sealer.seal(pem, purposeOf(thumbprint));
    await this.repository.insert({ thumbprint, sealed_key }, this.clock.now());
  }

  /** Null for one that we did not seal, or not under a key that is still there: what it signed counts as forged. */
  private open({ thumbprint, sealed_key }: AuditKeyRow): string | null {
    try {
      return this.sealer.open(sealed_key, purposeOf(thumbprint));
    } catch (error) {
      this.logger.error(`The audit key ${thumbprint} is not trusted: ${(error as Error).message}`);
      return null;
    }
  }
}

function purposeOf(thumbprint: string): string {
  return `audit-key:${thumbprint}`;
}
