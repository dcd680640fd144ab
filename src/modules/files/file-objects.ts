import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { isProblem } from '../../common/errors/app-error.js';
import type { ByteRange, ObjectStat, SignedRequest, SignOptions } from '../storage/object-store.port.js';
import { ObjectStore } from '../storage/object-store.port.js';
import { FileErrors } from './files.errors.js';

/** What all of ours begins with in the store: other modules keep theirs beside it. */
export const FILES_PREFIX = 'files/';
const DELETED_AT_ONCE = 8;

/** The objects of files, by their file keys. */
@Injectable()
export class FileObjects {
  private readonly logger = new Logger(FileObjects.name);

  constructor(private readonly store: ObjectStore) {}

  get backend(): string {
    return this.store.backend;
  }

  /** @param size in bytes; null where nobody knows before the end. */
  write(fileKey: string, body: Readable, contentType: string, size: number | null): Promise<void> {
    return size === null
      ? this.store.setMultipart(FILES_PREFIX + fileKey, body, { contentType })
      : this.store.set(FILES_PREFIX + fileKey, body, { contentType, size });
  }

  /** @throws AppError 500 `file_content_missing`, 503. */
  async read(fileKey: string, range: ByteRange | undefined, signal: AbortSignal): Promise<Readable> {
    try {
      return await this.store.get(FILES_PREFIX + fileKey, {
        ...(range === undefined ? {} : { range }),
        signal,
      });
    } catch (error) {
      throw isProblem(error, 'object_not_found') ? FileErrors.contentMissing(fileKey, error) : error;
    }
  }

  /** From elsewhere in the store, without a byte passing through here. @param key a whole one. */
  copyIn(key: string, fileKey: string): Promise<void> {
    return this.store.copy(key, FILES_PREFIX + fileKey);
  }

  signDownload(fileKey: string, options: SignOptions): Promise<SignedRequest | null> {
    return this.store.signUrl(FILES_PREFIX + fileKey, 'GET', options);
  }

  /** @throws AppError 500 `object_corrupt` where it is sealed, and damaged. */
  stat(fileKey: string): Promise<ObjectStat | null> {
    return this.store.stat(FILES_PREFIX + fileKey);
  }

  /** Whatever state it is in. */
  has(fileKey: string): Promise<boolean> {
    return this.store.has(FILES_PREFIX + fileKey);
  }

  /** File keys of all objects there are. */
  async *keys(): AsyncGenerator<string> {
    for await (const key of this.store.keys(FILES_PREFIX)) yield key.slice(FILES_PREFIX.length);
  }

  /** Removes what no row names any more. Never fails: what can not be removed now is left for the daily cleaning. */
  async discard(fileKeys: readonly string[]): Promise<void> {
    for (let at = 0; at < fileKeys.length; at += DELETED_AT_ONCE) {
      await Promise.all(fileKeys.slice(at, at + DELETED_AT_ONCE).map((key) => this.remove(key)));
    }
  }

  /** As `discard`. @returns whether it is gone. */
  async remove(fileKey: string): Promise<boolean> {
    try {
      await this.store.delete(FILES_PREFIX + fileKey);
      return true;
    } catch (error) {
      this.logger.warn(`An object without a row is left for the cleaning: ${(error as Error).message}`);
      return false;
    }
  }
}
