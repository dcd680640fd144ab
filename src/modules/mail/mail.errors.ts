import { AppError } from '../../common/errors/app-error.js';

export const MailErrors = {
  invalidRecipient: () =>
    new AppError({
      status: 400,
      code: 'invalid_recipient',
      title: 'Mail can not be sent there',
      detail: 'A mail goes to exactly one plain e-mail address. Nothing was sent.',
      errors: [{ field: 'email', message: 'must be one e-mail address' }],
    }),
};
