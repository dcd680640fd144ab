import { AppError } from '../../common/errors/app-error.js';

/** Those of a sign-in under way reach the browser as `?error=<code>` at the redirect. */
export const IdentityErrors = {
  unknownProvider: () =>
    new AppError({
      status: 404,
      code: 'provider_not_found',
      title: 'No such sign-in provider',
      detail: 'This server does not sign people in with this provider.',
    }),
  redirectRefused: () =>
    new AppError({
      status: 400,
      code: 'redirect_uri_refused',
      title: 'Redirect address refused',
      detail: 'The address is none of OAUTH_REDIRECT_URIS, nor the console’s.',
      errors: [{ field: 'redirect_uri', message: 'is not an address people may be sent to' }],
    }),
  stateRefused: () =>
    new AppError({
      status: 400,
      code: 'sign_in_state_refused',
      title: 'This sign-in can not be continued',
      detail: 'It was not begun in this browser, took too long or is over already. Begin anew.',
    }),
  exchangeCodeRefused: () =>
    new AppError({
      status: 400,
      code: 'exchange_code_refused',
      title: 'Code refused',
      detail: 'The code is unknown, was used, has expired or belongs to another browser or application.',
    }),
  accessDenied: () =>
    new AppError({
      status: 403,
      code: 'access_denied',
      title: 'Sign-in was declined',
      detail: 'The person, or the provider, declined.',
    }),
  providerUnavailable: (provider: string, cause?: unknown) =>
    new AppError({
      status: 502,
      code: 'provider_unavailable',
      title: 'The sign-in provider does not answer',
      detail: `${provider} gave no answer in time. Try again.`,
      cause,
    }),
  providerAnswerRefused: (provider: string, cause?: unknown) =>
    new AppError({
      status: 502,
      code: 'provider_answer_refused',
      title: 'The answer of the sign-in provider is not valid',
      detail: `What ${provider} answered proves nobody.`,
      cause,
    }),
  emailNotVerified: () =>
    new AppError({
      status: 409,
      code: 'email_not_verified',
      title: 'The e-mail address is not verified',
      detail: 'The provider has not verified an e-mail address of this person.',
    }),
  accountInactive: () =>
    new AppError({
      status: 403,
      code: 'account_inactive',
      title: 'Account deactivated',
      detail: 'This account has been deactivated. Ask an administrator of your organisation.',
    }),
  identityTaken: () =>
    new AppError({
      status: 409,
      code: 'identity_taken',
      title: 'Linked to another account',
      detail: 'This person of the provider signs in to another account here.',
    }),
  lastSignInMethod: () =>
    new AppError({
      status: 409,
      code: 'last_sign_in_method',
      title: 'The last way in stays',
      detail: 'Without it nobody could sign in to this account: set a password or link another first.',
    }),
  onlyWayIn: () =>
    new AppError({
      status: 409,
      code: 'only_way_in',
      title: 'The last way to sign in',
      detail:
        'The account has no password and no provider: without this passkey nobody could sign in to it. Add one first.',
    }),
  identityNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'identity_not_found',
      title: 'Identity not found',
      detail: `No identity ${id}.`,
    }),
};
