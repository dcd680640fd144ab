import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Authenticator } from '../../common/access/authenticator.js';
import type { Authenticated, CredentialStrategy } from '../../common/access/credential-strategy.js';
import type { PresentedCredential } from '../../common/access/credential.js';
import { digestOf } from '../../common/crypto/secrets.js';
import { Clock } from '../../common/time/clock.js';
import { sessionPrincipal } from './session-principal.js';
import { SessionsRepository } from './sessions.repository.js';

const COOKIE_SECRET = /^[\w-]{43}$/;

/** Session cookies of browsers: an opaque secret, looked up by its digest. */
@Injectable()
export class BrowserSessionStrategy implements CredentialStrategy, OnModuleInit {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly authenticator: Authenticator,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.authenticator.register(this);
  }

  recognises({ token, via }: PresentedCredential): boolean {
    return via === 'cookie' && COOKIE_SECRET.test(token);
  }

  async authenticateCredential({ token }: PresentedCredential): Promise<Authenticated> {
    const session = await this.sessions.findPrincipalByCookieDigest(digestOf(token));
    const now = this.clock.now();
    return sessionPrincipal(session, session?.expires_at ?? now, now);
  }
}
