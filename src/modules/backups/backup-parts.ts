import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { AppError } from '../../common/errors/app-error.js';
import type { ObjectStore } from '../storage/object-store.port.js';
import { isLost } from './backup-damage.js';
import type { BackupPart } from './backup-manifest.js';
import { BackupErrors } from './backups.errors.js';

/** How often somebody is told how far it is. */
const TELL_EVERY_BYTES = 8 * 1024 * 1024;

interface Passing {
  readonly onProgress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Writes what comes as a part of a backup, in constant memory. Where the body fails,
 * nothing of it is kept.
 *
 * @returns what it was, measured on its way.
 */
export async function writePart(
  corner: ObjectStore,
  key: string,
  body: Readable,
  { onProgress, signal }: Passing,
): Promise<BackupPart> {
  const meter = new Meter(onProgress);
  await corner.setMultipart(key, Readable.from(meter.pass(body), { objectMode: false }), { signal });
  return { key, ...meter.result };
}

/**
 * Reads a part. The stream ends only where it was the very bytes that were written.
 *
 * @throws AppError `backup_damaged`, in the stream, where it was not.
 */
export function readPart(corner: ObjectStore, part: BackupPart, { onProgress, signal }: Passing): Readable {
  return Readable.from(checked(corner, part, new Meter(onProgress), signal), { objectMode: false });
}

/** Reads a part for nothing but to know. @throws AppError `backup_damaged`. */
export async function checkPart(corner: ObjectStore, part: BackupPart, passing: Passing): Promise<void> {
  for await (const _ of readPart(corner, part, passing));
}

async function* checked(
  corner: ObjectStore,
  part: BackupPart,
  meter: Meter,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  try {
    yield* meter.pass(await corner.get(part.key, { signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (isLost(error)) throw BackupErrors.damaged(`${part.key}: ${causeOf(error)}`, error);
    throw error;
  }
  const { bytes, sha256 } = meter.result;
  if (bytes !== part.bytes || sha256 !== part.sha256)
    throw BackupErrors.damaged(
      `${part.key} has ${bytes} bytes with SHA-256 ${sha256}; the manifest says ${part.bytes} with ${part.sha256}.`,
    );
}

/** Which of the two it is that no key fits, or that bytes were changed, is in the fault below. */
function causeOf({ message, cause }: AppError): string {
  return cause instanceof Error && cause.message !== '' ? `${message} (${cause.message})` : message;
}

/** Counts and digests what passes. */
class Meter {
  private readonly digest = createHash('sha256');
  private bytes = 0;
  private told = 0;

  constructor(private readonly onProgress: (bytes: number) => void) {}

  async *pass(body: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
    for await (const piece of body as AsyncIterable<Buffer>) {
      this.digest.update(piece);
      this.bytes += piece.length;
      if (this.bytes - this.told >= TELL_EVERY_BYTES) this.tell();
      yield piece;
    }
    this.tell();
  }

  /** Once all has passed. */
  get result(): Omit<BackupPart, 'key'> {
    return { bytes: this.bytes, sha256: this.digest.copy().digest('hex') };
  }

  private tell(): void {
    this.told = this.bytes;
    this.onProgress(this.bytes);
  }
}
