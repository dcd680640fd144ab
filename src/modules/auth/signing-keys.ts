import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccessErrors } from '../../common/access/access.errors.js';
import { newId } from '../../common/crypto/ids.js';
import { Sealer } from '../../common/crypto/sealer.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuthConfig, SecretsConfig } from '../../config/config.js';
import type { JwtAlgorithm } from '../../config/env.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

const RSA_BITS = 2048;

/** A key as the JWT libraries take it: a shared secret, or PEM. */
export interface SigningKey {
  /** The `kid`; null for the shared secret of HS256. */
  readonly id: string | null;
  readonly algorithm: JwtAlgorithm;
  readonly privateKey: string | Buffer;
  readonly publicKey: string | Buffer;
}

/**
 * The keys of access tokens. HS256 uses `JWT_SECRET_KEY`; the asymmetric
 * algorithms keep their keys in the database, sealed, where all replicas find
 * the same ones.
 */
@Injectable()
export class SigningKeys implements OnModuleInit {
  private keys: readonly SigningKey[] = [];

  constructor(
    private readonly repository: SigningKeysRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly sealer: Sealer,
    private readonly config: AuthConfig,
    private readonly secrets: SecretsConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    const { jwtAlgorithm: algorithm } = this.config;
    if (algorithm === 'HS256') {
      const secret = this.secrets.jwtSecretKey.export();
      this.keys = [{ id: null, algorithm, privateKey: secret, publicKey: secret }];
    } else {
      this.keys = await this.loadOrMake(algorithm);
    }
  }

  /** The key that signs. */
  current(): SigningKey {
    const [key] = this.keys;
    if (key === undefined) throw new Error('Signing keys are used before the module is initialised');
    return key;
  }

  /** @throws AppError 401 when no key has this id. */
  find(id: string | null): SigningKey {
    const key = this.keys.find((candidate) => candidate.id === id);
    if (key === undefined) throw AccessErrors.credentialInvalid();
    return key;
  }

  /** The public keys as a JWK set (RFC 7517); empty under HS256, whose key is no one's to see. */
  jwks(): JsonWebKey[] {
    return this.keys
      .filter(({ id }) => id !== null)
      .map(({ id, algorithm, publicKey }) => ({
        ...createPublicKey(publicKey).export({ format: 'jwk' }),
        kid: id,
        alg: algorithm,
        use: 'sig',
      }));
  }

  private loadOrMake(algorithm: 'EdDSA' | 'RS256'): Promise<SigningKey[]> {
    return this.unitOfWork.run(async () => {
      await this.repository.lock();
      const stored = await this.repository.findAccepted(algorithm);
      if (stored.length === 0) return [await this.make(algorithm)];
      return stored.map(({ id, publicKey, sealedPrivateKey }) => ({
        id,
        algorithm,
        publicKey,
        privateKey: this.sealer.open(sealedPrivateKey, purposeOf(id)),
      }));
    });
  }

  private async make(algorithm: 'EdDSA' | 'RS256'): Promise<SigningKey> {
    const pair =
      algorithm === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
    const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const id = newId();
    await this.repository.insert({
      id,
      algorithm,
      publicKey,
      sealedPrivateKey: this.sealer.seal(privateKey, purposeOf(id)),
    });
    return { id, algorithm, publicKey, privateKey };
  }
}

function purposeOf(id: string): string {
  return `signing-key:${id}`;
}
