import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccessErrors } from '../../common/access/access.errors.js';
import { Authenticator } from '../../common/access/authenticator.js';
import type { Authenticated, CredentialStrategy } from '../../common/access/credential-strategy.js';
import type { PresentedCredential } from '../../common/access/credential.js';
import { digestOf } from '../../common/crypto/secrets.js';
import { Clock } from '../../common/time/clock.js';
import { AuthenticatedCredentialsRepository } from './authenticated-credentials.repository.js';
import { isWellFormedSecret, looksLikeSecret } from './credential-secret.js';
import { machinePrincipal } from './machine-principal.js';

/** Personal access tokens and service keys: opaque secrets, looked up by their digest. */
@Injectable()
export class MachineCredentialStrategy implements CredentialStrategy, OnModuleInit {
  constructor(
    private readonly credentials: AuthenticatedCredentialsRepository,
    private readonly authenticator: Authenticator,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.authenticator.register(this);
  }

  recognises({ token, via }: PresentedCredential): boolean {
    return via === 'header' && looksLikeSecret(token);
  }

  async authenticateCredential({ token }: PresentedCredential): Promise<Authenticated> {
    // A mistyped one is told by its checksum; the database is not asked.
    if (!isWellFormedSecret(token)) throw AccessErrors.credentialInvalid();
    return machinePrincipal(await this.credentials.findByDigest(digestOf(token)), this.clock.now());
  }
}
