import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pLimit from 'p-limit';
import type { ExtractedMetadata, PdfMetadata } from './extracted-metadata.js';
import { imageLook } from './image.js';
import { pdfOf } from './pdf.js';
import { StoredBytes, type ReadBytes } from './stored-bytes.js';
import { isText, textOf } from './text.js';

/** In milliseconds. */
export interface Patience {
  /** An upload waits for it: with what is waited for a turn and for the store. */
  readonly all: number;
  /** Of the process that reads a PDF. */
  readonly pdf: number;
}

const PATIENCE: Patience = { all: 10_000, pdf: 5_000 };

/** What is known of a file before its bytes are looked at. */
export interface KnownFile {
  /** In bytes. */
  readonly size: number;
  /** As sniffed; parameters are ignored. */
  readonly contentType: string;
}

/**
 * Reads out of a file's bytes what people want to see in a list: an image's size,
 * a PDF's pages and title, a text's encoding. Reads no more than it needs.
 */
@Injectable()
export class MetadataExtractor implements OnApplicationShutdown {
  private readonly logger = new Logger(MetadataExtractor.name);
  private readonly underWay = new Set<AbortController>();
  /** Each PDF has a process, of up to a quarter of a gigabyte. */
  private readonly pdfTurn = pLimit(1);

  constructor(private readonly patience: Patience = PATIENCE) {}

  /**
   * What could be learned, within ten seconds; null where nothing could, as for a
   * type that is not looked into or a broken file. Never throws: a file is kept
   * whatever it is.
   */
  async extract(read: ReadBytes, { size, contentType }: KnownFile): Promise<ExtractedMetadata | null> {
    const work = new AbortController();
    const timer = setTimeout(() => work.abort(new Error('it took too long')), this.patience.all);
    this.underWay.add(work);
    try {
      const type = contentType.split(';', 1).join().trim().toLowerCase();
      const bytes = new StoredBytes(read, size, work.signal);
      return await orAborted(this.learn(bytes, type), work.signal);
    } catch (error) {
      this.logger.debug(`Nothing learned of a file (${contentType}): ${(error as Error).message}`);
      return null;
    } finally {
      clearTimeout(timer);
      this.underWay.delete(work);
      // Whatever of it is still going on.
      work.abort();
    }
  }

  onApplicationShutdown(): void {
    for (const work of this.underWay) work.abort(new Error('the server is stopping'));
  }

  private async learn(bytes: StoredBytes, type: string): Promise<ExtractedMetadata | null> {
    if (bytes.size === 0) return null;
    const look = imageLook(type);
    if (look !== undefined) return named('image', await look(bytes));
    if (type === 'application/pdf') return { pdf: await this.pdf(bytes) };
    return isText(type) ? named('text', await textOf(bytes)) : null;
  }

  private pdf(bytes: StoredBytes): Promise<PdfMetadata> {
    return this.pdfTurn(() => {
      bytes.signal.throwIfAborted();
      // A store that never answers does not keep the turn.
      return orAborted(pdfOf(bytes, this.patience.pdf), bytes.signal);
    });
  }
}

function named<K extends string, T>(kind: K, found: T | null): Record<K, T> | null {
  return found && ({ [kind]: found } as Record<K, T>);
}

/** Rejects when the signal aborts, also while whoever works does not listen to it. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}
