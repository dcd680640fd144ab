import { Injectable } from '@nestjs/common';
import { CsrfProtection } from '../../common/access/csrf.js';
import { Clock } from '../../common/time/clock.js';
import { AuthConfig } from '../../config/config.js';

/** How long what is granted at sign-in lasts, and its CSRF proof. */
@Injectable()
export class SignInGrants {
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly browserSessionSeconds: number;

  constructor(
    config: AuthConfig,
    private readonly csrf: CsrfProtection,
    private readonly clock: Clock,
  ) {
    this.accessTokenSeconds = config.accessTokenSeconds;
    this.refreshTokenSeconds = config.refreshTokenSeconds;
    this.browserSessionSeconds = config.browserSessionSeconds;
  }

  csrfToken(sessionId: string): string {
    return this.csrf.proofFor(sessionId);
  }

  now(): Date {
    return this.clock.now();
  }
}
