import { AppError } from '../../common/errors/app-error.js';

export const MfaErrors = {
  alreadyEnabled: () =>
    new AppError({
      status: 409,
      code: 'totp_already_enabled',
      title: 'There is an authenticator app already',
      detail: 'Remove it first; a recovery code will do where it is lost.',
    }),
  notBegun: () =>
    new AppError({
      status: 409,
      code: 'totp_not_begun',
      title: 'No set-up to confirm',
      detail: 'Begin with POST /auth/mfa/totp.',
    }),
  notEnabled: () =>
    new AppError({
      status: 409,
      code: 'mfa_not_enabled',
      title: 'No second factor',
      detail: 'This account has no such factor.',
    }),
  wrongCode: () =>
    new AppError({
      status: 400,
      code: 'invalid_code',
      title: 'The code is wrong',
      detail: 'The code is wrong, too old or was used before.',
      errors: [{ field: 'code', message: 'is wrong, too old or was used before' }],
    }),
  paused: (retryAfterSeconds: number) =>
    new AppError({
      status: 429,
      code: 'mfa_paused',
      title: 'Too many wrong codes',
      detail: `Codes of this account's authenticator app are not taken for ${retryAfterSeconds} s.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    }),
};
