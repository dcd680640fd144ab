import { AppError } from '../errors/app-error.js';

/** What can go wrong while hashing or checking a password, whatever the password is. */
export const PasswordErrors = {
  /** Too many passwords wait to be hashed; `retryAfterSeconds` is sent as `Retry-After` (RFC 9110 section 10.2.3). */
  busy: (retryAfterSeconds: number) =>
    new AppError({
      status: 503,
      code: 'password_hashing_busy',
      title: 'Too many sign-ins at once',
      detail: `The server is busy checking passwords. Try again in ${retryAfterSeconds} s.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    }),
};
