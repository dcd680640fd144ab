import type { Readable } from 'node:stream';

/** Bytes of an object by position, both ends inclusive; `end` beyond the object means its last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export interface GetOptions {
  readonly range?: ByteRange;
  /** Gives the read up: the stream is destroyed and what it held is freed. */
  readonly signal?: AbortSignal;
}

export interface SetOptions {
  /** In bytes, where it is known beforehand; a body of another length is refused. */
  readonly size?: number;
  readonly contentType?: string;
  /** Gives the write up: nothing of it is kept. */
  readonly signal?: AbortSignal;
}

/** What a store knows of an object. */
export interface ObjectStat {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  readonly contentType: string | null;
  readonly modifiedAt: Date;
}

export type SignedVerb = 'GET' | 'PUT';

export interface SignOptions {
  readonly expiresInSeconds: number;
  /** Of a PUT: the only type and size that the store then takes. */
  readonly contentType?: string;
  readonly size?: number;
  /** Of a GET: what the answer says in its `Content-Disposition` and `Content-Type`. */
  readonly disposition?: string;
  readonly responseContentType?: string;
}

/** A request that anybody may make until it expires. */
export interface SignedRequest {
  readonly method: SignedVerb;
  readonly url: string;
  /** To be sent with it, exactly. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

/**
 * Objects by key, on any medium. Map-like: what was `set` is what `get` gives, and
 * a `set` that fails or is given up leaves what was there before. Keys are segments
 * joined by `/`, at most 1,024 bytes of UTF-8 (see `assertObjectKey`).
 *
 * Every method throws AppError `invalid_object_key` for a key that is none,
 * `storage_unavailable` (503) when the medium does not answer, and `storage_full`
 * (507) when it has no room.
 */
export abstract class ObjectStore {
  /** What it is made of, as in `STORAGE_BACKEND`. */
  abstract readonly backend: string;

  /** One that lends its pieces (`giveBack`) where the medium fills its memory anew. @throws AppError `object_not_found`; `range_not_satisfiable` when `start` lies beyond the object. */
  abstract get(key: string, options?: GetOptions): Promise<Readable>;

  /** Writes in one piece: for what is small, or whose size is known. Replaces what was there, at once. */
  abstract set(key: string, body: Readable | Uint8Array, options?: SetOptions): Promise<void>;

  /** Writes in parts, in constant memory: for what is large or of unknown size. */
  abstract setMultipart(key: string, body: Readable, options?: SetOptions): Promise<void>;

  abstract has(key: string): Promise<boolean>;

  /** Also when there is nothing to delete. */
  abstract delete(key: string): Promise<void>;

  /**
   * Keys that begin with `prefix`, in no particular order, a page at a time as they are asked for.
   * What others keep there under names that are none is passed over, as the folders that consoles draw.
   */
  abstract keys(prefix?: string): AsyncIterable<string>;

  /** Null where there is no such object. */
  abstract stat(key: string): Promise<ObjectStat | null>;

  /** @throws AppError `object_not_found`. */
  abstract copy(from: string, to: string): Promise<void>;

  /**
   * A request that the medium itself answers, without this server; null where
   * only this server can, as for files on its own disk or sealed by it.
   */
  abstract signUrl(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest | null>;

  /** Whether objects can be read and written now. @throws AppError `storage_unavailable` saying why not. */
  abstract check(): Promise<void>;

  /** Lets go of connections and files. */
  abstract close(): Promise<void>;
}
