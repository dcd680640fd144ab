import type { TokenPair } from './token-store.js';

/** What proves who is calling: `tokens`, `bearer` or `cookieSession`. */
export interface Credentials {
  /** Whether the browser sends its cookies along. */
  readonly cookies: 'omit' | 'same-origin' | 'include';
  /** Puts the proof into the headers of a call. */
  authorize(headers: Headers, method: string): Promise<void>;
  /** The token of a socket's handshake; null where a cookie does its work. */
  socketToken(): Promise<string | null>;
  /**
   * Asked when the server refused this `Authorization`.
   *
   * @returns whether there is a better one now.
   */
  renew(refused: string | null): Promise<boolean>;
  /** Called by the client they are given to. */
  attach?(exchange: Exchange): void;
}

/** Makes a new pair of a refresh token. @throws ProblemError | ConnectionError */
export type Exchange = (refreshToken: string) => Promise<TokenPair>;

/** A personal access token (`pat_…`), an API key (`key_…`), or a function that gives the one to use now. */
export function bearer(token: string | (() => string | Promise<string>)): Credentials {
  const current = async () => (typeof token === 'string' ? token : token());
  return {
    cookies: 'omit',
    authorize: async (headers) => headers.set('authorization', `Bearer ${await current()}`),
    socketToken: current,
    renew: () => Promise.resolve(false),
  };
}

/** Nobody yet: for what needs no credential. */
export function anonymous(): Credentials {
  return {
    cookies: 'omit',
    authorize: () => Promise.resolve(),
    socketToken: () => Promise.resolve(null),
    renew: () => Promise.resolve(false),
  };
}
