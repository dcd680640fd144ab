import type { Credentials } from './credentials.js';
import { platform } from './platform.js';

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** First that of https, bound to its host: another may be left of plain http, or put there by a neighbouring host. */
const PROOFS = [/(?:^|; )__Host-cloudkeep_csrf=([^;]+)/, /(?:^|; )cloudkeep_csrf=([^;]+)/];

export interface CookieSessionOptions {
  /** `include` for a server of another origin, which has to list ours in `CORS_ORIGINS`. */
  readonly cookies?: 'same-origin' | 'include';
  /** The readable cookies, as `document.cookie` has them. */
  readonly readCookies?: () => string;
}

/** The session cookie that `POST /auth/login?session=cookie` sets, which no script can read. */
export class CookieSession implements Credentials {
  readonly cookies: 'same-origin' | 'include';
  private readonly readCookies: () => string;
  private told: string | null = null;

  constructor({ cookies = 'same-origin', readCookies }: CookieSessionOptions) {
    this.cookies = cookies;
    this.readCookies = readCookies ?? (() => platform.document?.cookie ?? '');
  }

  /** Keeps the proof of a sign-in's answer, for pages that can not read the cookies of the server. */
  accept({ csrf_token }: { readonly csrf_token: string }): void {
    this.told = csrf_token;
  }

  authorize(headers: Headers, method: string): Promise<void> {
    // The cookie first: another tab may have signed in since.
    const cookies = this.readCookies();
    const proof = PROOFS.flatMap((name) => name.exec(cookies)?.[1] ?? []).at(0) ?? this.told;
    if (!SAFE.has(method) && proof !== null) headers.set('x-csrf-token', proof);
    return Promise.resolve();
  }

  socketToken(): Promise<null> {
    return Promise.resolve(null);
  }

  renew(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

/** A browser's session by cookie, on pages of the server's own origin unless told. */
export function cookieSession(options: CookieSessionOptions = {}): CookieSession {
  return new CookieSession(options);
}
