import { AppError } from '../../common/errors/app-error.js';

export const FileErrors = {
  notFound: (id: string) =>
    new AppError({ status: 404, code: 'file_not_found', title: 'File not found', detail: `No file ${id}.` }),
  versionNotFound: (id: string, number: number) =>
    new AppError({
      status: 404,
      code: 'file_version_not_found',
      title: 'Version not found',
      detail: `File ${id} has no version ${number}.`,
    }),
  notDeleted: (id: string) =>
    new AppError({
      status: 409,
      code: 'file_not_deleted',
      title: 'The file is not in the trash',
      detail: `File ${id} was not deleted.`,
    }),
  tooLarge: (mostBytes: number) =>
    new AppError({
      status: 413,
      code: 'file_too_large',
      title: 'The file is too large',
      detail: `A file may have at most ${mostBytes} bytes.`,
      extensions: { limit: mostBytes },
    }),
  quotaExceeded: (of: 'user' | 'organization', used: number, limit: number) =>
    new AppError({
      status: 507,
      code: 'quota_exceeded',
      title: 'There is no room for it',
      detail: `${used} of ${limit} bytes are used. Delete files, and wait until the trash is emptied, or ask for more.`,
      extensions: { quota: of, used, limit },
    }),
  changedMeanwhile: (etag: string) =>
    new AppError({
      status: 412,
      code: 'file_changed',
      title: 'The file was changed meanwhile',
      detail: 'It is not the version that the condition names.',
      headers: { ETag: etag },
    }),
  rangeNotSatisfiable: (size: number) =>
    new AppError({
      status: 416,
      code: 'range_not_satisfiable',
      title: 'The range can not be served',
      detail: `Ask for one range within the ${size} bytes of the file.`,
      headers: { 'Content-Range': `bytes */${size}` },
    }),
  /** The row is there, its bytes are not. */
  contentMissing: (key: string, cause: unknown) =>
    new AppError({
      status: 500,
      code: 'file_content_missing',
      title: 'The content is missing',
      detail: 'The store does not hold the content of this file.',
      cause: new Error(`The store holds nothing under ${key}`, { cause }),
    }),
  /** The bytes are there, yet are not as many as the row says. */
  contentDamaged: (key: string) =>
    new AppError({
      status: 500,
      code: 'file_content_damaged',
      title: 'The content is damaged',
      detail: 'The store holds other content than was uploaded.',
      cause: new Error(`What the store holds under ${key} has another size than its row says`),
    }),
  logFull: () =>
    new AppError({
      status: 503,
      code: 'access_log_unavailable',
      title: 'Downloads can not be logged',
      detail: 'No file leaves unlogged, and the log can not be written right now.',
      headers: { 'Retry-After': '5' },
    }),
};
