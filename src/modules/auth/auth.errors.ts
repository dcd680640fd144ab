import { AppError } from '../../common/errors/app-error.js';

export const AuthErrors = {
  invalidCredentials: () =>
    new AppError({
      status: 401,
      code: 'invalid_credentials',
      title: 'Sign-in failed',
      detail: 'The e-mail or username and the password do not belong together.',
      headers: { 'WWW-Authenticate': 'Bearer realm="cloudkeep"' },
    }),
  accountInactive: () =>
    new AppError({
      status: 403,
      code: 'account_inactive',
      title: 'Account deactivated',
      detail: 'This account has been deactivated. Ask an administrator of your organisation.',
    }),
  signInPaused: (retryAfterSeconds: number) =>
    new AppError({
      status: 429,
      code: 'sign_in_paused',
      title: 'Too many failed sign-ins',
      detail: `Sign-in to this account pauses for ${retryAfterSeconds} s after repeated failures.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    }),
  registrationClosed: () =>
    new AppError({
      status: 403,
      code: 'registration_closed',
      title: 'Registration is closed',
      detail: 'This server does not let people register by themselves. Ask an administrator for an account.',
    }),
  weakPassword: (field: string, messages: readonly string[]) =>
    new AppError({
      status: 400,
      code: 'weak_password',
      title: 'The password is not acceptable',
      detail: 'Choose another password.',
      errors: messages.map((message) => ({ field, message })),
    }),
  invalidMfaToken: () =>
    new AppError({
      status: 401,
      code: 'invalid_mfa_token',
      title: 'Sign in again',
      detail: 'The sign-in to complete is unknown, too old, complete already, or was tried too often.',
      headers: { 'WWW-Authenticate': 'Bearer realm="cloudkeep"' },
    }),
  invalidCode: (status: 400 | 401 = 401) =>
    new AppError({
      status,
      code: 'invalid_code',
      title: 'The code is wrong',
      detail: 'The code is wrong, too old or was used before.',
      errors: [{ field: 'code', message: 'is wrong, too old or was used before' }],
      headers: status === 401 ? { 'WWW-Authenticate': 'Bearer realm="cloudkeep"' } : {},
    }),
  invalidPasskey: (status: 400 | 401 = 401) =>
    new AppError({
      status,
      code: 'invalid_passkey',
      title: 'The passkey is refused',
      detail: 'The answer is not that of a passkey we know to a challenge of ours, or it came too late.',
      headers: status === 401 ? { 'WWW-Authenticate': 'Bearer realm="cloudkeep"' } : {},
    }),
  wrongPassword: (field: string) =>
    new AppError({
      status: 400,
      code: 'wrong_password',
      title: 'The current password is wrong',
      detail: 'Nothing was changed.',
      errors: [{ field, message: 'is not the current password' }],
    }),
  noPassword: () =>
    new AppError({
      status: 400,
      code: 'no_password',
      title: 'There is no password',
      detail:
        'This account has no password: you sign in with a provider or a passkey. To prove again who you are, sign out and sign in that way.',
    }),
  invalidRefreshToken: () =>
    new AppError({
      status: 401,
      code: 'invalid_refresh_token',
      title: 'Refresh token refused',
      detail: 'The refresh token is unknown, expired or revoked: sign in again.',
      headers: { 'WWW-Authenticate': 'Bearer realm="cloudkeep", error="invalid_token"' },
    }),
  refreshTokenReused: () =>
    new AppError({
      status: 401,
      code: 'refresh_token_reused',
      title: 'Refresh token used twice',
      detail:
        'The refresh token had been used before. In case it was stolen, its session has been ended: sign in again.',
      headers: { 'WWW-Authenticate': 'Bearer realm="cloudkeep", error="invalid_token"' },
    }),
  sessionNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'session_not_found',
      title: 'Session not found',
      detail: `No session ${id}.`,
    }),
};
