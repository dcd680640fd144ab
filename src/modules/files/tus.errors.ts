import { AppError } from '../../common/errors/app-error.js';

/** Every answer of the protocol says which version it is of. */
export const TUS_HEADERS = { 'Tus-Resumable': '1.0.0' } as const;

const CODES: Record<number, string> = {
  404: 'upload_not_found',
  409: 'upload_offset_conflict',
  410: 'upload_expired',
  412: 'tus_version_unsupported',
  413: 'file_too_large',
  501: 'tus_extension_unsupported',
};

export const TusErrors = {
  /**
   * What the protocol refuses, as problem details: tus asks for the status alone.
   * It says 403 for headers that are missing, which here would mean a lack of rights.
   */
  refused: (sent: number, text: string) => {
    const status = sent === 403 ? 400 : sent;
    return new AppError({
      status,
      code: CODES[status] ?? 'tus_request_invalid',
      title: 'The upload was refused',
      detail: text.trim() === '' ? 'The request is not one of tus 1.0.' : text.trim(),
      headers: { ...TUS_HEADERS, ...(status === 412 ? { 'Tus-Version': '1.0.0' } : {}) },
    });
  },
  /** Ours, for a client of the protocol. */
  told: ({ status, code, title, detail, errors, headers, extensions, cause }: AppError) =>
    new AppError({
      status,
      code,
      title,
      detail,
      extensions,
      cause,
      headers: { ...headers, ...TUS_HEADERS },
      ...(errors === undefined ? {} : { errors }),
    }),
};
