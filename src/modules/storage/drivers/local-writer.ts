import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { giveBack } from '../../../common/streams/lending.js';
import type { Body } from '../body.js';
import { StorageErrors } from '../storage.errors.js';
import { onDisk } from './local-disk.js';

/** Large writes spare the hop to the thread pool that each piece off a socket would cost. */
const BATCH_BYTES = 1024 * 1024;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a new file that survives a power cut, in constant memory.
 *
 * @throws AppError `size_mismatch`, `storage_full`, `storage_unavailable`; what the body fails with.
 */
export async function writeNewFile(path: string, body: Body, size: number | undefined): Promise<void> {
  const file = await onDisk(open(path, NEW_FILE, 0o600));
  try {
    if (body instanceof Readable)
      await pipeline(body, new BatchWriter(file, size, (piece) => giveBack(body, piece)));
    else await writeBytes(file, body, size);
    await onDisk(file.datasync());
  } finally {
    // Waits for a write that is under way.
    await onDisk(file.close());
  }
}

async function writeBytes(file: FileHandle, bytes: Uint8Array, size = bytes.length): Promise<void> {
  if (size !== bytes.length) throw StorageErrors.sizeMismatch(size, bytes.length);
  await onDisk(file.writeFile(bytes));
}

/** Writes in batches, of which two are in flight: one on its way to the disk, one being gathered. */
class BatchWriter extends Writable {
  private received = 0;
  private gathered = 0;
  private batch: Uint8Array[] = [];
  private writing: Promise<void> = Promise.resolve();

  /** @param onWritten gets each piece once nobody here reads it any more. */
  constructor(
    private readonly file: FileHandle,
    private readonly size: number | undefined,
    private readonly onWritten: (piece: Uint8Array) => void,
  ) {
    super({ decodeStrings: false });
  }

  override _write(piece: Uint8Array, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.received += piece.length;
    if (this.size !== undefined && this.received > this.size)
      return done(StorageErrors.sizeMismatch(this.size, this.received));
    this.gathered += piece.length;
    this.batch.push(piece);
    if (this.gathered < BATCH_BYTES) return done();
    this.flush().then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.size !== undefined && this.received < this.size)
      return done(StorageErrors.sizeMismatch(this.size, this.received));
    const flushed = this.flush().then(() => this.writing);
    flushed.then(() => done(), done);
  }

  /** Resolves when what was gathered is on its way. */
  private async flush(): Promise<void> {
    await this.writing;
    const [batch, total] = [this.batch, this.gathered];
    [this.batch, this.gathered] = [[], 0];
    this.writing = onDisk(writeAll(this.file, batch, total)).then(() => batch.forEach(this.onWritten));
    // Awaited with the next batch; until then its failure is nobody's.
    this.writing.catch(() => undefined);
  }
}

/** A disk may take less than it is given, as when it is nearly full. */
async function writeAll(file: FileHandle, batch: readonly Uint8Array[], total: number): Promise<void> {
  if (total === 0) return;
  const { bytesWritten } = await file.writev(batch);
  if (bytesWritten === total) return;
  const rest = Buffer.concat(batch).subarray(bytesWritten);
  await file.writeFile(rest);
}
