import { open } from 'node:fs/promises';
import { StorageErrors } from '../storage.errors.js';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);
/** Of media that can not make a folder durable. */
const CAN_NOT_SYNC = new Set(['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP']);

/** What the disk was asked to do, its failure told in the store's words. */
export async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = codeOf(error);
    if (FULL.has(code)) throw StorageErrors.full(error);
    if (isSystemError(error)) throw StorageErrors.unavailable(error);
    throw error;
  }
}

/** What was asked of a file; null where there is none, or only a link, which is none of ours. */
export async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await onDisk(work);
  } catch (error) {
    if (ABSENT.has(codeOf((error as Error).cause))) return null;
    throw error;
  }
}

/** The name of a system error such as `ENOENT`; empty for any other. */
export function codeOf(error: unknown): string {
  return isSystemError(error) ? (error.code ?? '') : '';
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}

/** Makes the names in a folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!CAN_NOT_SYNC.has(codeOf(error))) throw error;
  } finally {
    await folder.close();
  }
}
