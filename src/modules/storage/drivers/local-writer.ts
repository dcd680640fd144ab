import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Body } from '../body.js';
import { StorageErrors } from '../storage.errors.js';
import { onDisk } from './local-disk.js';

/** Large writes spare the hop to the thread pool that each piece off a socket would cost. */
const BATCH_BYTES = 1024 * 1024;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a new file that survives a power cut, in constant memory. Two batches are
 * in flight: one on its way to the disk, one being gathered.
 *
 * @throws AppError `size_mismatch`, `storage_full`, `storage_unavailable`; what the body fails with.
 */
export async function writeNewFile(path: string, body: Body, size: number | undefined): Promise<void> {
  const file = await onDisk(open(path, NEW_FILE, 0o600));
  try {
    if (body instanceof Readable) await writeStream(file, body, size);
    else await writeBytes(file, body, size);
    await onDisk(file.datasync());
  } finally {
    await onDisk(file.close());
  }
}

async function writeBytes(file: FileHandle, bytes: Uint8Array, size = bytes.length): Promise<void> {
  if (size !== bytes.length) throw StorageErrors.sizeMismatch(size, bytes.length);
  await onDisk(file.writeFile(bytes));
}

async function writeStream(file: FileHandle, body: Readable, size: number | undefined): Promise<void> {
  let received = 0;
  let gathered = 0;
  let batch: Uint8Array[] = [];
  let writing: Promise<unknown> = Promise.resolve();
  const flush = async () => {
    await writing;
    writing = onDisk(writeAll(file, batch, gathered));
    // Awaited with the next batch; until then its failure is nobody's.
    writing.catch(() => undefined);
    [batch, gathered] = [[], 0];
  };
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      received += piece.length;
      if (size !== undefined && received > size) throw StorageErrors.sizeMismatch(size, received);
      gathered += piece.length;
      batch.push(piece);
      if (gathered >= BATCH_BYTES) await flush();
    }
    if (size !== undefined && received < size) throw StorageErrors.sizeMismatch(size, received);
    await flush();
  } finally {
    await writing;
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
