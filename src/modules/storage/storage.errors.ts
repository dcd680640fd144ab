import { AppError } from '../../common/errors/app-error.js';

export const StorageErrors = {
  objectNotFound: (key: string) =>
    new AppError({
      status: 404,
      code: 'object_not_found',
      title: 'Object not found',
      detail: `The store holds nothing under ${key}.`,
    }),
  invalidKey: (reason: string) =>
    new AppError({
      status: 400,
      code: 'invalid_object_key',
      title: 'The key can not be used',
      detail: `The key of an object ${reason}.`,
    }),
  rangeNotSatisfiable: (size: number) =>
    new AppError({
      status: 416,
      code: 'range_not_satisfiable',
      title: 'The range lies outside the file',
      detail: `The file has ${size} bytes.`,
      headers: { 'Content-Range': `bytes */${size}` },
    }),
  sizeMismatch: (expected: number, received: number) =>
    new AppError({
      status: 400,
      code: 'size_mismatch',
      title: 'The body has another size than announced',
      detail: `Announced were ${expected} bytes, ${received} came.`,
    }),
  readOnly: () =>
    new AppError({
      status: 403,
      code: 'storage_read_only',
      title: 'The store is read-only',
      detail: 'Nothing can be written or deleted in this store.',
    }),
  full: (cause?: unknown) =>
    new AppError({
      status: 507,
      code: 'storage_full',
      title: 'The store is full',
      detail: 'The store has no room for it.',
      cause,
    }),
  /** What it holds is not what was written there. */
  corrupt: (key: string, cause?: unknown) =>
    new AppError({
      status: 500,
      code: 'object_corrupt',
      title: 'The object is damaged',
      detail: `What the store holds under ${key} is not what was written.`,
      cause,
    }),
  unavailable: (cause?: unknown) =>
    new AppError({
      status: 503,
      code: 'storage_unavailable',
      title: 'The store does not answer',
      detail: 'Files can not be reached right now.',
      headers: { 'Retry-After': '5' },
      cause,
    }),
};

/** Why a store failed, for whoever runs it: what is behind an error of the catalogue says more than the error. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
