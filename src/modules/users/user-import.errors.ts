import { AppError } from '../../common/errors/app-error.js';

const RETRY_AFTER_SECONDS = 30;

export const UserImportErrors = {
  notNdjson: () =>
    new AppError({
      status: 415,
      code: 'unsupported_media_type',
      title: 'The body has the wrong type',
      detail: 'Send one JSON object a line, uncompressed, with Content-Type: application/x-ndjson.',
    }),
  busy: () =>
    new AppError({
      status: 503,
      code: 'imports_busy',
      title: 'Other imports are under way',
      detail: `Try again in ${RETRY_AFTER_SECONDS} s.`,
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    }),
  interrupted: (cause: unknown) =>
    new AppError({
      status: 400,
      code: 'import_interrupted',
      title: 'The import ended early',
      detail: 'The connection broke before the last line.',
      cause,
    }),
};
