import { Injectable } from '@nestjs/common';
import { parse as parseCookies } from 'cookie';
import type { Request, Response } from 'express';
import { digestOf, randomSecret } from '../../common/crypto/secrets.js';
import { AuthConfig } from '../../config/config.js';

export const FLOW_SECONDS = 600;

const SECRET = /^[\w-]{43}$/;

/**
 * Knows a browser again that began to sign in, so that nobody can have another's
 * browser finish what they began themselves (login CSRF, RFC 9700 section 4.7).
 */
@Injectable()
export class BrowserBinding {
  private readonly cookie: string;

  constructor(private readonly config: AuthConfig) {
    this.cookie = config.secureCookie ? '__Host-cloudkeep_oauth' : 'cloudkeep_oauth';
  }

  /** @returns a digest of the browser's secret; two tabs share one. */
  bind(request: Request, response: Response): string {
    const secret = this.secretOf(request) ?? randomSecret();
    const { secureCookie: secure } = this.config;
    const options = {
      secure,
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      maxAge: FLOW_SECONDS * 1000,
    } as const;
    response.cookie(this.cookie, secret, options);
    return digestOf(secret).toString('base64url');
  }

  /** The same digest later; null for a browser that never began. */
  of(request: Request): string | null {
    const secret = this.secretOf(request);
    return secret === null ? null : digestOf(secret).toString('base64url');
  }

  private secretOf({ headers: { cookie } }: Request): string | null {
    const secret = cookie === undefined ? undefined : parseCookies(cookie)[this.cookie];
    return secret !== undefined && SECRET.test(secret) ? secret : null;
  }
}
