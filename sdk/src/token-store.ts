import { createStore, del, get, set } from 'idb-keyval';
import { platform } from './platform.js';

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

const PAIR = 'pair';

/**
 * IndexedDB, shared by all tabs of an origin. Not `localStorage`: of that each process of a
 * browser has a copy, which may be older than what another tab wrote under the lock. Scripts of
 * the page can read it: where the server is the page's own, `cookieSession` keeps the secret from
 * them.
 */
export function browserTokenStore(name = 'cloudkeep'): TokenStore {
  if (platform.indexedDB === undefined)
    throw new Error('There is no IndexedDB here: give a store of your own.');
  const database = createStore(sharedBy(name), 'tokens');
  const others = new BroadcastChannel(sharedBy(name));
  return {
    name,
    get: async () => (await get<TokenPair>(PAIR, database)) ?? null,
    set: async (pair) => {
      await (pair === null ? del(PAIR, database) : set(PAIR, pair, database));
      others.postMessage(null);
    },
    subscribe: (listener) => {
      const heard = () => listener();
      others.addEventListener('message', heard);
      return () => others.removeEventListener('message', heard);
    },
  };
}

/** What the lock, the database and the channel of all stores of a name are called. */
const sharedBy = (name: string) => `cloudkeep-tokens:${name}`;

const turns = new Map<TokenStore | string, Promise<unknown>>();

/**
 * One after the other for all who share the store: in all tabs where the browser has the Web
 * Locks API, else in this process or page.
 */
export async function exclusively<T>(store: TokenStore, work: () => Promise<T>): Promise<T> {
  const { name } = store;
  const locks = platform.navigator?.locks;
  if (name !== undefined && locks !== undefined) return locks.request(sharedBy(name), work);
  const key = name ?? store;
  const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
  turns.set(key, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === turn) turns.delete(key);
  }
}
