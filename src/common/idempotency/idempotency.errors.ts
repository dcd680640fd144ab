import { AppError } from '../errors/app-error.js';
import { CommonErrors } from '../errors/common.errors.js';

/** What a caller is told of its `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header, section 2.7). */
export const IdempotencyErrors = {
  malformed: (message: string) => CommonErrors.validation([{ field: 'Idempotency-Key', message }]),
  inFlight: () =>
    new AppError({
      status: 409,
      code: 'idempotency_in_flight',
      title: 'The first request is still being served',
      detail: 'A request with this Idempotency-Key is under way. Ask again for its answer.',
      headers: { 'Retry-After': '1' },
    }),
  answerLost: () =>
    new AppError({
      status: 409,
      code: 'idempotency_answer_lost',
      title: 'Done, but the answer is gone',
      detail:
        'The first request with this Idempotency-Key took effect; its answer was not kept. Look for what it made.',
    }),
  keyReused: () =>
    new AppError({
      status: 422,
      code: 'idempotency_key_reused',
      title: 'The Idempotency-Key belongs to another request',
      detail:
        'This Idempotency-Key came with another body or for another route. Use a new key for a new request.',
    }),
};
