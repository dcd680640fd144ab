import { AppError } from '../../common/errors/app-error.js';

export const SignedUrlErrors = {
  /** Which part of it is wrong is nobody's business. */
  invalid: () =>
    new AppError({
      status: 403,
      code: 'signature_invalid',
      title: 'The address is not valid',
      detail: 'It was not made by this server, or it was changed.',
    }),
  expired: () =>
    new AppError({
      status: 410,
      code: 'signed_url_expired',
      title: 'The address has expired',
      detail: 'Ask whoever gave it to you for a new one.',
    }),
};
