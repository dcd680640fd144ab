import { AppError, type FieldError } from './app-error.js';

const plural = (count: number) =>
  count === 1 ? 'One field is not valid.' : `${count} fields are not valid.`;

/** Problems that belong to the request itself rather than to a module. */
export const CommonErrors = {
  validation: (errors: readonly FieldError[]) =>
    new AppError({
      status: 400,
      code: 'validation_failed',
      title: 'The request is not valid',
      detail: plural(errors.length),
      errors,
    }),
  malformedBody: () =>
    new AppError({
      status: 400,
      code: 'malformed_body',
      title: 'The body can not be read',
      detail: 'The body is not valid JSON, or it ended early.',
    }),
  malformedUrl: () =>
    new AppError({
      status: 400,
      code: 'malformed_url',
      title: 'The URL can not be read',
      detail: 'The URL is not validly encoded.',
    }),
  notFound: () =>
    new AppError({
      status: 404,
      code: 'not_found',
      title: 'Not found',
      detail: 'There is nothing at this address.',
    }),
  bodyTooLarge: (limitBytes: number) =>
    new AppError({
      status: 413,
      code: 'body_too_large',
      title: 'The body is too large',
      detail: `The body may have at most ${limitBytes} bytes.`,
    }),
  requestTimeout: () =>
    new AppError({
      status: 408,
      code: 'request_timeout',
      title: 'The request did not arrive',
      detail: 'Its body came too slowly, or stopped coming. Send it again.',
      headers: { Connection: 'close' },
    }),
  unsupportedMediaType: () =>
    new AppError({
      status: 415,
      code: 'unsupported_media_type',
      title: 'The body has the wrong type',
      detail: 'Send JSON in UTF-8, with Content-Type: application/json.',
    }),
  tooManyRequests: (retryAfterSeconds: number) =>
    new AppError({
      status: 429,
      code: 'rate_limited',
      title: 'Too many requests',
      detail: `Try again in ${retryAfterSeconds} s.`,
      headers: { 'Retry-After': String(retryAfterSeconds) },
    }),
  unavailable: (detail: string, cause?: unknown) =>
    new AppError({
      status: 503,
      code: 'unavailable',
      title: 'Not available right now',
      detail,
      headers: { 'Retry-After': '5' },
      cause,
    }),
  internal: (cause: unknown) =>
    new AppError({
      status: 500,
      code: 'internal_error',
      title: 'Something went wrong',
      detail: 'The server failed to answer. The fault is logged under this request id.',
      cause,
    }),
  other: (status: number, cause: unknown) =>
    new AppError({
      status,
      code: `http_${status}`,
      title: 'The request was refused',
      detail: 'The server does not accept this request.',
      cause,
    }),
};
