import { Injectable } from '@nestjs/common';
import type { CookieOptions, Response } from 'express';
import { csrfCookieName, sessionCookieName } from '../../common/access/credential.js';
import { AuthConfig } from '../../config/config.js';
import type { BrowserSessionDto } from './auth.dto.js';
import type { BrowserSignIn } from './sign-in.service.js';

/**
 * The cookies of a browser session: its secret, unreadable to scripts, and the
 * CSRF proof, which our own pages read and repeat in `X-CSRF-Token`. Neither is
 * sent along by other sites; in production both are bound to this host.
 */
@Injectable()
export class SessionCookieService {
  private readonly options: CookieOptions;

  constructor(private readonly config: AuthConfig) {
    this.options = { secure: config.secureCookie, sameSite: 'lax', path: '/' };
  }

  /** What belongs in the body of an answer; what belongs in its cookies is set. */
  deliver<Answer extends object>(
    response: Response,
    outcome: Answer | BrowserSignIn,
  ): Answer | BrowserSessionDto {
    if (!('cookieSecret' in outcome)) return outcome;
    this.set(response, outcome);
    return outcome.answer;
  }

  clear(response: Response): void {
    response.clearCookie(sessionCookieName(this.config.secureCookie), { ...this.options, httpOnly: true });
    response.clearCookie(csrfCookieName(this.config.secureCookie), this.options);
  }

  private set(response: Response, { cookieSecret, answer }: BrowserSignIn): void {
    const { secureCookie, browserSessionSeconds } = this.config;
    const options = { ...this.options, maxAge: browserSessionSeconds * 1000 };
    response.cookie(sessionCookieName(secureCookie), cookieSecret, { ...options, httpOnly: true });
    response.cookie(csrfCookieName(secureCookie), answer.csrf_token, options);
  }
}
