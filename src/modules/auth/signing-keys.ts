import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AccessErrors } from '../../common/access/access.errors.js';
import { Invalidations } from '../../common/cache/invalidations.js';
import { Clock } from '../../common/time/clock.js';
import { AuthConfig, SecretsConfig } from '../../config/config.js';
import type { JwtAlgorithm } from '../../config/settings.js';
import { Notifications } from '../../database/notifications.js';
import { SigningKeysService } from './signing-keys.service.js';
import { SIGNING_KEYS_CHANNEL } from './signing-keys.repository.js';

/** A key as the JWT libraries take it: a shared secret, or PEM. */
export interface SigningKey {
  /** The `kid`; null for the shared secret of HS256. */
  readonly id: string | null;
  readonly algorithm: JwtAlgorithm;
  readonly privateKey: string | Buffer;
  readonly publicKey: string | Buffer;
  readonly signsFrom: Date | null;
  readonly retiresAt: Date | null;
}

/**
 * The keys of access tokens that this replica signs and checks with. HS256 uses
 * `JWT_SECRET_KEY`; those of the asymmetric algorithms are in the database, and
 * read again whenever they were rotated.
 */
@Injectable()
export class SigningKeys implements OnModuleInit {
  private readonly logger = new Logger(SigningKeys.name);
  private keys: readonly SigningKey[] = [];

  constructor(
    private readonly store: SigningKeysService,
    notifications: Notifications,
    private readonly config: AuthConfig,
    private readonly secrets: SecretsConfig,
    private readonly clock: Clock,
    private readonly invalidations: Invalidations,
  ) {
    const reload = () => void this.reload();
    notifications.listen(SIGNING_KEYS_CHANNEL, reload, reload);
  }

  async onModuleInit(): Promise<void> {
    const { jwtAlgorithm: algorithm } = this.config;
    if (algorithm === 'HS256') {
      const secret = this.secrets.jwtSecretKey.export();
      this.keys = [
        { id: null, algorithm, privateKey: secret, publicKey: secret, signsFrom: null, retiresAt: null },
      ];
    } else {
      this.keys = await this.store.loadOrMake(algorithm);
    }
  }

  /** The key that signs: the newest that has been published for long enough, or the only one. */
  current(): SigningKey {
    const now = this.clock.now();
    const key = this.keys.find(({ signsFrom }) => signsFrom === null || signsFrom <= now) ?? this.keys.at(-1);
    if (key === undefined) throw new Error('Signing keys are used before the module is initialised');
    return key;
  }

  /** @throws AppError 401 when no accepted key has this id. */
  find(id: string | null): SigningKey {
    const key = this.accepted().find((candidate) => candidate.id === id);
    if (key === undefined) throw AccessErrors.credentialInvalid();
    return key;
  }

  /** The public keys as a JWK set (RFC 7517); empty under HS256, whose key is no one's to see. */
  jwks(): JsonWebKey[] {
    return this.accepted()
      .filter(({ id }) => id !== null)
      .map(({ id, algorithm, publicKey }) => ({
        ...createPublicKey(publicKey).export({ format: 'jwk' }),
        kid: id,
        alg: algorithm,
        use: 'sig',
      }));
  }

  private accepted(): readonly SigningKey[] {
    const now = this.clock.now();
    return this.keys.filter(({ retiresAt }) => retiresAt === null || retiresAt > now);
  }

  private async reload(): Promise<void> {
    const { jwtAlgorithm: algorithm } = this.config;
    // While the module starts they are about to be read anyway.
    if (algorithm === 'HS256' || this.keys.length === 0) return;
    try {
      const before = this.accepted();
      this.keys = await this.store.load(algorithm);
      const isKept = ({ id }: SigningKey) => this.keys.some((key) => key.id === id);
      // What was verified with a key that is refused now was verified for nothing.
      if (!before.every(isKept)) this.invalidations.forgetEverything();
    } catch (error) {
      // The connection is lost for everybody then, and they are read again when it is back.
      this.logger.warn({ err: error }, 'Signing keys could not be read again');
    }
  }
}
