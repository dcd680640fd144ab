import { Injectable } from '@nestjs/common';
import { FILES_PREFIX } from './file-objects.js';
import { FileDigestsRepository } from './file-digests.repository.js';

/** What an object of a file is, as its row says. */
export interface FileDigest {
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly createdAt: Date;
}

/** What the rows of files know of the objects in the store, of all organisations: for backups. */
@Injectable()
export class FileDigestsService {
  constructor(private readonly repository: FileDigestsRepository) {}

  /** @param keys of the store; those that no row names are left out. */
  async known(keys: readonly string[]): Promise<Map<string, FileDigest>> {
    const fileKeys = keys
      .filter((key) => key.startsWith(FILES_PREFIX))
      .map((key) => key.slice(FILES_PREFIX.length));
    if (fileKeys.length === 0) return new Map();
    const rows = await this.repository.named(fileKeys);
    return new Map(
      rows.map(({ object_key, size, sha256, created_at }) => [
        FILES_PREFIX + object_key,
        { size, sha256, createdAt: created_at },
      ]),
    );
  }
}
