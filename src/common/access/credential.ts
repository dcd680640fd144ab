import type { Request } from 'express';
import { parse as parseCookies } from 'cookie';
import { AccessErrors } from './access.errors.js';

/** A credential as presented, not yet verified. */
export interface PresentedCredential {
  readonly token: string;
  readonly via: 'header' | 'cookie';
}

/** No credential of ours is longer; a longer one is refused unread. */
const LONGEST = 8192;

/** The name of the session cookie. `__Host-` ties it to this host, https and the root path (RFC 6265bis). */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-cloudkeep_session' : 'cloudkeep_session';
}

/** The name of the cookie that repeats the CSRF proof for our own pages to read. */
export function csrfCookieName(secure: boolean): string {
  return secure ? '__Host-cloudkeep_csrf' : 'cloudkeep_csrf';
}

/**
 * The credential of a request: `Authorization: Bearer`, else `X-API-Key`, else
 * the session cookie, which browsers add by themselves and therefore never
 * contradicts a header.
 *
 * @throws AppError 400 when two headers carry different credentials, 401 when the header is malformed.
 */
export function presentedCredential(request: Request, cookieName: string): PresentedCredential | null {
  const { authorization, cookie } = request.headers;
  const apiKey = request.headers['x-api-key'];
  const bearer = authorization === undefined ? undefined : bearerToken(authorization);
  if (Array.isArray(apiKey) || (bearer !== undefined && apiKey !== undefined && bearer !== apiKey)) {
    throw AccessErrors.ambiguousCredentials();
  }
  const token = bearer ?? apiKey;
  if (token !== undefined) return { token, via: 'header' };
  const session = cookie === undefined ? undefined : parseCookies(cookie)[cookieName];
  return session === undefined ? null : { token: session, via: 'cookie' };
}

function bearerToken(header: string): string {
  const match = /^bearer +([\w\-.~+/=]+)$/i.exec(header);
  if (match?.[1] === undefined || match[1].length > LONGEST) throw AccessErrors.credentialInvalid();
  return match[1];
}
