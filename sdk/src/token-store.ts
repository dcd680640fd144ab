import { platform, type StorageChange } from './platform.js';

/** What a sign-in gives, with the time by this machine's clock at which the access token ends. */
export interface TokenPair {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
}

/** Where a pair is kept. Clients that share a store share a sign-in. */
export interface TokenStore {
  /** Stores of one name hold the same pair, in whichever tab or part of a process. */
  readonly name?: string;
  get(): TokenPair | null | Promise<TokenPair | null>;
  set(pair: TokenPair | null): void | Promise<void>;
  /** Tells of changes that somebody else made. @returns what ends it. */
  subscribe?(listener: () => void): () => void;
}

/** Forgotten with the process or page. */
export function memoryTokenStore(pair: TokenPair | null = null): TokenStore {
  let kept = pair;
  return {
    get: () => kept,
    set: (next) => {
      kept = next;
    },
  };
}

/**
 * `localStorage`, shared by all tabs of an origin. Scripts of the page can read it: where the
 * server is the page's own, `cookieSession` keeps the secret from them.
 */
export function browserTokenStore(name = 'cloudkeep'): TokenStore {
  const { localStorage } = platform;
  if (localStorage === undefined) throw new Error('There is no localStorage here: give a store of your own.');
  return {
    name,
    get: () => read(localStorage.getItem(name)),
    set: (pair) => {
      if (pair === null) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify(pair));
    },
    subscribe: (listener) => {
      const heard = ({ key }: StorageChange) => {
        if (key === null || key === name) listener();
      };
      platform.addEventListener?.('storage', heard);
      return () => platform.removeEventListener?.('storage', heard);
    },
  };
}

function read(text: string | null): TokenPair | null {
  try {
    const pair = JSON.parse(text ?? 'null') as Partial<TokenPair> | null;
    const isWhole = typeof pair?.access_token === 'string' && typeof pair.refresh_token === 'string';
    return isWhole ? (pair as TokenPair) : null;
  } catch {
    return null;
  }
}

const turns = new Map<TokenStore | string, Promise<unknown>>();

/**
 * One after the other for all who share the store: in all tabs where the browser has the Web
 * Locks API, else in this process or page.
 */
export async function exclusively<T>(store: TokenStore, work: () => Promise<T>): Promise<T> {
  const { name } = store;
  const locks = platform.navigator?.locks;
  if (name !== undefined && locks !== undefined) return locks.request(`cloudkeep-tokens:${name}`, work);
  const key = name ?? store;
  const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
  turns.set(key, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === turn) turns.delete(key);
  }
}
