import { AppError, type FieldError } from '../../common/errors/app-error.js';

export const UserErrors = {
  notFound: (id: string) =>
    new AppError({ status: 404, code: 'user_not_found', title: 'User not found', detail: `No user ${id}.` }),
  taken: (fields: readonly ('email' | 'username')[]) =>
    new AppError({
      status: 409,
      code: fields[0] === 'username' ? 'username_taken' : 'email_taken',
      title: 'Already taken',
      detail: `Another account has this ${fields.join(' and this ')}.`,
      errors: fields.map((field): FieldError => ({ field, message: 'is already taken' })),
    }),
  ownAccount: () =>
    new AppError({
      status: 409,
      code: 'own_account',
      title: 'Not one’s own account',
      detail: 'Nobody deletes the account they act with: ask another administrator.',
    }),
  lastAdmin: () =>
    new AppError({
      status: 409,
      code: 'last_admin',
      title: 'The last admin stays',
      detail: 'An organisation keeps at least one active admin: make somebody else one first.',
    }),
  preferenceNotFound: (key: string) =>
    new AppError({
      status: 404,
      code: 'preference_not_found',
      title: 'Preference not found',
      detail: `No preference ${key}.`,
    }),
  tooManyPreferences: (most: number) =>
    new AppError({
      status: 409,
      code: 'too_many_preferences',
      title: 'Too many preferences',
      detail: `A user has at most ${most} preferences: forget one first.`,
    }),
};
