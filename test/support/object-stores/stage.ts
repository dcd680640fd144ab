import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import { eventually } from '../eventually.js';
import type { ContractOptions, OpenedStore } from '../object-store-contract.js';

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** What the stories of the contract play on. */
export interface Stage {
  readonly store: ObjectStore;
  /** Takes what is to be read; the store itself unless that is read-only. */
  readonly behind: ObjectStore;
  readonly options: Required<ContractOptions>;
  /** A key no other story uses. */
  fresh(name?: string): string;
  /** The bytes of an object, or of part of it. */
  read(...how: Parameters<ObjectStore['get']>): Promise<Buffer>;
  /** All keys that begin with a prefix, sorted. */
  list(prefix?: string): Promise<string[]>;
  /** Fails unless the medium holds nothing but whole objects, and nothing is being read. */
  mustBeTidy(): Promise<void>;
}

export function stageOf(opened: () => OpenedStore, options: Required<ContractOptions>): Stage {
  return {
    options,
    get store() {
      return opened().store;
    },
    get behind() {
      return opened().behind ?? opened().store;
    },
    fresh: (name = 'object') => `contract/${randomUUID()}/${name}`,
    read: async (...how) => buffer(await opened().store.get(...how)),
    list: async (prefix) => {
      const keys: string[] = [];
      for await (const key of opened().store.keys(prefix)) keys.push(key);
      return keys.sort();
    },
    mustBeTidy: () =>
      eventually(
        async () => {
          const { leftovers, openReads } = opened();
          expect((await leftovers?.()) ?? []).toEqual([]);
          expect((await openReads?.()) ?? 0).toBe(0);
        },
        { within: 3_000 },
      ),
  };
}

/** Bytes that differ at every position, so that a wrong offset shows. */
export function pattern(size: number): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4));
  // In Jest's context a global name is looked up slowly each time.
  const { imul } = Math;
  for (let at = 0; at < words.length; at += 1) words[at] = imul(at, 2_654_435_761);
  return Buffer.from(words.buffer).subarray(0, size);
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The bytes as they come over a network: in pieces of odd sizes, one after the other. */
export function streamed(bytes: Buffer, pieceBytes = 61_441): Readable {
  return Readable.from(pieces(bytes, pieceBytes), { objectMode: false });
}

/** A body that gives `bytes` and then, instead of ending, does as told. */
export function streamedThen(bytes: Buffer, then: (body: Readable) => void): Readable {
  const parts = pieces(bytes, 61_441);
  return new Readable({
    read() {
      const part = parts.next();
      if (part.done !== true) this.push(part.value);
      else then(this);
    },
  });
}

function* pieces(bytes: Buffer, pieceBytes: number): Generator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
