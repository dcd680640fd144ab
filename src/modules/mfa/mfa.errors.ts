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
  invalidPasskey: () =>
    new AppError({
      status: 400,
      code: 'invalid_passkey',
      title: 'The passkey is refused',
      detail: 'The answer is not that of an authenticator to a challenge of ours, or it came too late.',
      errors: [{ field: 'response', message: 'does not answer the challenge' }],
    }),
  passkeyTaken: () =>
    new AppError({
      status: 409,
      code: 'passkey_taken',
      title: 'The passkey is there already',
      detail: 'This passkey has been added before.',
    }),
  tooManyPasskeys: (most: number) =>
    new AppError({
      status: 409,
      code: 'too_many_passkeys',
      title: 'Too many passkeys',
      detail: `An account may have ${most} passkeys. Remove one you do not use.`,
    }),
  passkeyNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'passkey_not_found',
      title: 'Passkey not found',
      detail: `No passkey ${id}.`,
    }),
  ownAccount: () =>
    new AppError({
      status: 409,
      code: 'own_account',
      title: 'Not one’s own account',
      detail: 'One’s own second factors are removed with a code, under /auth/mfa.',
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
