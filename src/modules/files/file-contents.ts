import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { FilesConfig } from '../../config/storage.js';
import { ContentIntake } from './content-intake.js';
import { nameInKey } from './file-name.js';
import { MetadataExtractor, type KnownFile } from './extraction/metadata-extractor.js';
import type { ExtractedMetadata } from './extraction/extracted-metadata.js';
import { FileObjects } from './file-objects.js';

/** Bytes in the store that no row names yet. */
export interface StoredContent {
  /** Of the version it becomes, and in its key. */
  readonly id: string;
  readonly fileKey: string;
  readonly size: number;
  readonly contentType: string;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly backend: string;
  /** What its bytes tell of it; null where nobody asked, or nothing could be learned. */
  readonly extracted: ExtractedMetadata | null;
}

export interface ContentOrigin {
  readonly collection: string;
  readonly fileName: string;
  /** What the sender says it is. */
  readonly claimedType: string;
  /** In bytes; null where nobody knows before the end. */
  readonly size: number | null;
  /** Whether to look into it. */
  readonly extract: boolean;
}

/** `<collection>/<uuid>_<name>`: every version of a file has its own. */
export function fileKeyOf(collection: string, id: string, fileName: string): string {
  return `${collection}/${id}_${nameInKey(fileName)}`;
}

/** Takes bytes into the store, in constant memory. */
@Injectable()
export class FileContents {
  constructor(
    private readonly objects: FileObjects,
    private readonly config: FilesConfig,
    private readonly extractor: MetadataExtractor,
  ) {}

  /**
   * Whoever stores content names it in a row, or discards it.
   *
   * @throws AppError 413 `file_too_large`, and what the store throws; nothing is left then.
   */
  async store(body: Readable, origin: ContentOrigin): Promise<StoredContent> {
    const id = newId();
    const fileKey = fileKeyOf(origin.collection, id, origin.fileName);
    const intake = new ContentIntake(body, origin.claimedType, this.config.mostBytes);
    const giveUp = new AbortController();
    const arriving = pipeline(body, intake, { signal: giveUp.signal });
    arriving.catch(() => undefined);
    try {
      const contentType = await intake.contentType;
      await this.objects.write(fileKey, intake, contentType, origin.size);
      await arriving;
      const known = { size: intake.size, contentType };
      const extracted = origin.extract ? await this.extract(fileKey, known) : null;
      return { id, fileKey, ...known, sha256: intake.sha256(), backend: this.objects.backend, extracted };
    } catch (error) {
      // A store that fails stops reading; whoever sends must not wait for it for ever.
      giveUp.abort();
      throw intake.refusal ?? error;
    }
  }

  /** What the bytes tell of themselves. Never fails. */
  extract(fileKey: string, known: KnownFile): Promise<ExtractedMetadata | null> {
    return this.extractor.extract((range, signal) => this.objects.read(fileKey, range, signal), known);
  }

  /** Of an upload that came to nothing. */
  discard(content: StoredContent): Promise<void> {
    return this.objects.discard([content.fileKey]);
  }
}
