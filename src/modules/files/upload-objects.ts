import { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { ObjectStat, SignedRequest, SignOptions } from '../storage/object-store.port.js';
import { ObjectStore } from '../storage/object-store.port.js';

/** Beside the objects of files, so that nobody takes what is still coming for one of theirs. */
const PREFIX = 'uploads/';
const WHOLE = 'content';

const keyOf = (id: string, name: string) => `${PREFIX}${id}/${name}`;

/** What came of uploads that are not complete: by the upload's id, whole or in parts. */
@Injectable()
export class UploadObjects {
  private readonly logger = new Logger(UploadObjects.name);

  constructor(private readonly store: ObjectStore) {}

  /** A request that the store itself answers; null where only this server can. */
  sign(id: string, options: SignOptions): Promise<SignedRequest | null> {
    return this.store.signUrl(keyOf(id, WHOLE), 'PUT', options);
  }

  write(id: string, body: Readable, contentType: string, size: number): Promise<void> {
    return this.store.set(keyOf(id, WHOLE), body, { contentType, size });
  }

  stat(id: string): Promise<ObjectStat | null> {
    return this.store.stat(keyOf(id, WHOLE));
  }

  /** Where the store keeps all of it. */
  keyOfWhole(id: string): string {
    return keyOf(id, WHOLE);
  }

  writePart(id: string, name: string, bytes: Uint8Array): Promise<void> {
    return this.store.set(keyOf(id, name), bytes, { size: bytes.length });
  }

  discardPart(id: string, name: string): Promise<void> {
    return this.discardObject(keyOf(id, name));
  }

  /** The parts one after the other, each opened when its turn comes. */
  readParts(id: string, names: readonly string[]): Readable {
    return Readable.from(this.chunksOf(id, names), { objectMode: false });
  }

  /** Removes all of it. Never fails: what can not be removed now is left for the daily cleaning. */
  async discard(id: string): Promise<void> {
    try {
      for await (const key of this.store.keys(keyOf(id, ''))) await this.discardObject(key);
    } catch (error) {
      this.logger.warn(`What came of an upload is left for the cleaning: ${(error as Error).message}`);
    }
  }

  /** Ids of uploads of which there is something, each as often as there are objects. */
  async *ids(): AsyncGenerator<string> {
    for await (const key of this.store.keys(PREFIX)) yield key.slice(PREFIX.length).split('/', 1)[0] ?? '';
  }

  private async *chunksOf(id: string, names: readonly string[]): AsyncGenerator<Buffer> {
    for (const name of names) yield* (await this.store.get(keyOf(id, name))) as AsyncIterable<Buffer>;
  }

  private async discardObject(key: string): Promise<void> {
    try {
      await this.store.delete(key);
    } catch (error) {
      this.logger.warn(`What came of an upload is left for the cleaning: ${(error as Error).message}`);
    }
  }
}
