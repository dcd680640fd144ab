import { AppError } from '../../common/errors/app-error.js';

export const SandboxErrors = {
  sessionNotFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'session_not_found',
      title: 'Session not found',
      detail: `No sandbox session ${id}.`,
    }),
  notEvaluated: (id: string) =>
    new AppError({
      status: 404,
      code: 'not_evaluated',
      title: 'Not evaluated yet',
      detail: `Of session ${id} no evaluation is kept: evaluate it.`,
    }),
  sessionEnded: () =>
    new AppError({
      status: 409,
      code: 'session_ended',
      title: 'The session has ended',
      detail: 'The session has ended and its credentials are wiped: open another.',
    }),
  sessionExpired: (at: Date) =>
    new AppError({
      status: 410,
      code: 'session_expired',
      title: 'The session has expired',
      detail: `The session expired at ${at.toISOString()}: open another.`,
    }),
  tooManySessions: (most: number, retryAfterSeconds: number) =>
    new AppError({
      status: 429,
      code: 'too_many_sessions',
      title: 'Too many sessions',
      detail: `A user may have ${most} active sessions: end one, or wait ${retryAfterSeconds} s for the first to expire.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    }),
  actionsNotAllowed: () =>
    new AppError({
      status: 403,
      code: 'actions_not_allowed',
      title: 'Actions are off',
      detail: 'This server decides and advises only: SANDBOX_ALLOW_ACTIONS is off.',
    }),
  notYourOrganization: () =>
    new AppError({
      status: 403,
      code: 'insufficient_scope',
      title: 'Not allowed',
      detail: 'The sessions of a whole organisation need sandbox:cancel.',
    }),
  socketFlooded: () =>
    new AppError({
      status: 429,
      code: 'rate_limited',
      title: 'Too many messages',
      detail: 'The socket sends more messages than agreed: slow down.',
    }),
  unknownEvent: () =>
    new AppError({
      status: 400,
      code: 'unknown_event',
      title: 'There is no such event',
      detail: 'A client may send ping and subscribe.',
    }),
  tooManySubscriptions: (most: number) =>
    new AppError({
      status: 429,
      code: 'too_many_subscriptions',
      title: 'Too many sessions on one socket',
      detail: `A socket may hear of ${most} sessions: open another.`,
    }),
  originNotAllowed: () =>
    new AppError({
      status: 403,
      code: 'origin_not_allowed',
      title: 'Not allowed from this page',
      detail: 'A session cookie opens a socket only from our own pages and those of CORS_ORIGINS.',
    }),
};
