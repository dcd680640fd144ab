import { generateKeyPairSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import type { SealedColumn } from '../../common/crypto/sealed-column.js';
import { Sealer } from '../../common/crypto/sealer.js';
import { Clock } from '../../common/time/clock.js';
import { AuthConfig } from '../../config/config.js';
import type { JwtAlgorithm } from '../../config/settings.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { SigningKeyEntity } from './signing-key.entity.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

const RSA_BITS = 2048;
/** A new key is published this long before it signs, so that every replica, and whoever checks our tokens, knows it. */
const PUBLISHED_BEFORE_MS = 30_000;
/** For clocks that differ. */
const LEEWAY_MS = 60_000;

export type AsymmetricAlgorithm = Exclude<JwtAlgorithm, 'HS256'>;

/** A key as the JWT libraries take it: PEM. */
export interface StoredSigningKey {
  /** The `kid`. */
  readonly id: string;
  readonly algorithm: AsymmetricAlgorithm;
  readonly privateKey: string;
  readonly publicKey: string;
  /** Since when it signs, unless there is no other. */
  readonly signsFrom: Date;
  /** From when its tokens are refused. */
  readonly retiresAt: Date | null;
}

/** Private keys of access tokens. */
export const SEALED_SIGNING_KEYS: SealedColumn = {
  table: 'signing_keys',
  column: 'sealed_private_key',
  id: { column: 'id', type: 'uuid' },
  purposeOf,
};

/** The asymmetric keys of access tokens in the database, sealed, where all replicas find the same ones. */
@Injectable()
export class SigningKeysService {
  constructor(
    private readonly repository: SigningKeysRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly sealer: Sealer,
    private readonly config: AuthConfig,
    private readonly clock: Clock,
  ) {}

  /** Those whose tokens are accepted, newest first; the first one is made where there is none. */
  loadOrMake(algorithm: AsymmetricAlgorithm): Promise<StoredSigningKey[]> {
    return this.unitOfWork.run(async () => {
      await this.repository.lock();
      const stored = await this.repository.findAccepted(algorithm, this.clock.now());
      return stored.length > 0 ? stored.map((key) => this.opened(key)) : [await this.make(algorithm)];
    });
  }

  /** As `loadOrMake`, where there is one. */
  async load(algorithm: AsymmetricAlgorithm): Promise<StoredSigningKey[]> {
    const stored = await this.repository.findAccepted(algorithm, this.clock.now());
    return stored.map((key) => this.opened(key));
  }

  /**
   * Makes a key that signs from now on; the others are accepted until the last
   * token they signed has expired. Every replica is told.
   *
   * @param atOnce refuses the tokens of the others from now on: their key is known to somebody.
   * @returns the new key's id.
   */
  rotate(algorithm: AsymmetricAlgorithm, atOnce: boolean): Promise<string> {
    const now = this.clock.now();
    const lastMs = PUBLISHED_BEFORE_MS + this.config.accessTokenSeconds * 1000 + LEEWAY_MS;
    return this.unitOfWork.run(async () => {
      await this.repository.lock();
      await this.repository.retire(algorithm, atOnce ? now : new Date(now.getTime() + lastMs));
      const { id } = await this.make(algorithm);
      await this.repository.announce();
      return id;
    });
  }

  private async make(algorithm: AsymmetricAlgorithm): Promise<StoredSigningKey> {
    const pair =
      algorithm === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
    const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const id = newId();
    const key: SigningKeyEntity = {
      id,
      algorithm,
      publicKey,
      sealedPrivateKey: this.sealer.seal(privateKey, purposeOf(id)),
      createdAt: this.clock.now(),
      retiredAt: null,
    };
    await this.repository.insert(key);
    return this.opened(key);
  }

  private opened({
    id,
    algorithm,
    publicKey,
    sealedPrivateKey,
    createdAt,
    retiredAt,
  }: SigningKeyEntity): StoredSigningKey {
    return {
      id,
      algorithm: algorithm as AsymmetricAlgorithm,
      publicKey,
      privateKey: this.sealer.open(sealedPrivateKey, purposeOf(id)),
      signsFrom: new Date(createdAt.getTime() + PUBLISHED_BEFORE_MS),
      retiresAt: retiredAt,
    };
  }
}

function purposeOf(id: string): string {
  return `signing-key:${id}`;
}
