import { AppError } from '../errors/app-error.js';
import type { Scope } from './scopes.js';

/** RFC 6750 section 3: a refused bearer credential is answered with a challenge. */
const challenge = (error?: string) => ({
  'WWW-Authenticate':
    error === undefined ? 'Bearer realm="cloudkeep"' : `Bearer realm="cloudkeep", error="${error}"`,
});

export const AccessErrors = {
  credentialMissing: () =>
    new AppError({
      status: 401,
      code: 'credential_missing',
      title: 'Sign in first',
      detail:
        'This call needs a credential: an Authorization: Bearer header, an X-API-Key header or a session cookie.',
      headers: challenge(),
    }),
  credentialInvalid: (cause?: unknown) =>
    new AppError({
      status: 401,
      code: 'credential_invalid',
      title: 'Credential refused',
      detail: 'The credential is malformed, unknown or not meant for this server.',
      headers: challenge('invalid_token'),
      cause,
    }),
  credentialExpired: () =>
    new AppError({
      status: 401,
      code: 'credential_expired',
      title: 'Credential expired',
      detail: 'The credential has expired: refresh it or sign in again.',
      headers: challenge('invalid_token'),
    }),
  credentialRevoked: () =>
    new AppError({
      status: 401,
      code: 'credential_revoked',
      title: 'Credential revoked',
      detail: 'The credential has been revoked or its owner signed out: sign in again.',
      headers: challenge('invalid_token'),
    }),
  ambiguousCredentials: () =>
    new AppError({
      status: 400,
      code: 'ambiguous_credentials',
      title: 'Two credentials in one request',
      detail: 'Authorization and X-API-Key carry different credentials: send one.',
    }),
  insufficientScope: (missing: readonly Scope[]) =>
    new AppError({
      status: 403,
      code: 'insufficient_scope',
      title: 'Not allowed',
      detail: `This call needs ${missing.join(', ')}.`,
      headers: {
        'WWW-Authenticate': `Bearer realm="cloudkeep", error="insufficient_scope", scope="${missing.join(' ')}"`,
      },
    }),
  sessionRequired: () =>
    new AppError({
      status: 403,
      code: 'session_required',
      title: 'Sign in for this',
      detail: 'Only a person who is signed in may do this: a token or key is not enough.',
    }),
  personRequired: () =>
    new AppError({
      status: 403,
      code: 'person_required',
      title: 'Not for API keys',
      detail: 'This belongs to a person: sign in, or use a personal access token.',
    }),
  reauthenticationRequired: () =>
    new AppError({
      status: 403,
      code: 'reauthentication_required',
      title: 'Prove who you are again',
      detail:
        'This needs a proof of the last ten minutes, with a second factor where the account has one: see POST /auth/reauthenticate.',
    }),
  operatorsOnly: () =>
    new AppError({
      status: 403,
      code: 'operators_only',
      title: 'For the operators',
      detail:
        'This concerns every organisation on this server: it is for people of the organisation that runs it.',
    }),
  addressNotAllowed: () =>
    new AppError({
      status: 403,
      code: 'address_not_allowed',
      title: 'Not allowed from here',
      detail: 'This credential may only be used from the addresses it was made for.',
    }),
  csrfProofMissing: () =>
    new AppError({
      status: 403,
      code: 'csrf_proof_missing',
      title: 'CSRF proof missing or wrong',
      detail:
        'A call that changes something under a session cookie needs the X-CSRF-Token header given at sign-in.',
    }),
  undeclared: () =>
    new AppError({
      status: 403,
      code: 'access_undeclared',
      title: 'Not allowed',
      detail: 'This route declares no access, so nobody may call it.',
    }),
};
