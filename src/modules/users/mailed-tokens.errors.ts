import { AppError } from '../../common/errors/app-error.js';

export const MailedTokenErrors = {
  /** One answer for every way a link can be no good: what it was is nobody's business. */
  invalidToken: () =>
    new AppError({
      status: 400,
      code: 'invalid_token',
      title: 'The link is no good',
      detail: 'The token is unknown, expired or was used before. Ask for a new one.',
      errors: [{ field: 'token', message: 'is not valid, or not any more' }],
    }),
};
