import type { Credentials, Exchange } from './credentials.js';
import { ProblemError } from './errors.js';
import type { components } from './schema.js';
import { exclusively, memoryTokenStore, type TokenPair, type TokenStore } from './token-store.js';

/** An access token that ends sooner is renewed before it is used. */
const SOON_MS = 30_000;
const FINAL: ReadonlySet<number> = new Set([400, 401, 403]);

type Signed = Pick<components['schemas']['TokensDto'], 'access_token' | 'refresh_token' | 'expires_in'>;

export interface TokenOptions {
  /** In memory unless given; `browserTokenStore()` for all tabs. */
  readonly store?: TokenStore;
  /** Told when the server takes the refresh token no more: somebody has to sign in again. */
  readonly onSignedOut?: (reason: ProblemError) => void;
}

/** The pair as a store keeps it. */
export function pairOf({ access_token, refresh_token, expires_in }: Signed): TokenPair {
  return { access_token, refresh_token, expires_at: Date.now() + expires_in * 1000 };
}

/** A person's sign-in by access and refresh token. */
export function tokens(options: TokenOptions = {}): TokenCredentials {
  return new TokenCredentials(options);
}

/**
 * Renews the pair when it is about to end or was refused: once for however many calls wait for
 * it, and once for all clients that share the store, whose lock each holds while it renews and
 * under which it takes what another has renewed before.
 */
export class TokenCredentials implements Credentials {
  readonly cookies = 'omit';
  private readonly store: TokenStore;
  private renewing: Promise<boolean> | null = null;
  private exchange: Exchange | null = null;

  constructor(private readonly options: TokenOptions) {
    this.store = options.store ?? memoryTokenStore();
  }

  attach(exchange: Exchange): void {
    this.exchange = exchange;
  }

  /** Keeps what a sign-in answered, after whatever a renewal under way would keep. */
  accept(signed: Signed): Promise<void> {
    return this.keep(pairOf(signed));
  }

  /** Forgets the pair; `POST /auth/logout` ends it on the server. */
  clear(): Promise<void> {
    return this.keep(null);
  }

  /** Null when nobody is signed in. */
  async current(): Promise<TokenPair | null> {
    return this.store.get();
  }

  /** Tells when another tab has signed in, out or renewed. @returns what ends it. */
  onChange(listener: () => void): () => void {
    return this.store.subscribe?.(listener) ?? (() => undefined);
  }

  async authorize(headers: Headers): Promise<void> {
    const token = await this.socketToken();
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
  }

  async socketToken(): Promise<string | null> {
    const pair = await this.store.get();
    if (pair === null) return null;
    if (pair.expires_at - Date.now() > SOON_MS) return pair.access_token;
    // What can't be renewed now may still be good; if not, the server says so.
    await this.renew(`Bearer ${pair.access_token}`).catch(() => false);
    return (await this.store.get())?.access_token ?? null;
  }

  renew(refused: string | null): Promise<boolean> {
    this.renewing ??= exclusively(this.store, () => this.renewAlone(refused)).finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  private keep(pair: TokenPair | null): Promise<void> {
    return exclusively(this.store, async () => this.store.set(pair));
  }

  private async renewAlone(refused: string | null): Promise<boolean> {
    const pair = await this.store.get();
    if (pair === null || this.exchange === null) return false;
    // Another tab, or a call that came before, has done it.
    if (refused !== null && refused !== `Bearer ${pair.access_token}`) return true;
    try {
      await this.store.set(await this.exchange(pair.refresh_token));
      return true;
    } catch (error) {
      if (!(error instanceof ProblemError) || !FINAL.has(error.status)) throw error;
      return this.refused(pair, error);
    }
  }

  /** Where tabs can't lock each other out, another may have been faster. */
  private async refused(pair: TokenPair, reason: ProblemError): Promise<boolean> {
    const latest = await this.store.get();
    if (latest !== null && latest.refresh_token !== pair.refresh_token) return true;
    await this.store.set(null);
    this.options.onSignedOut?.(reason);
    return false;
  }
}
