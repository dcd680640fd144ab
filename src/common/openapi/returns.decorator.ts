import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath, type ApiResponseOptions } from '@nestjs/swagger';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { ApiProblem } from './api-problem.decorator.js';

const PROBLEMS: Record<number, string> = {
  400: 'The request is not valid; `errors` names every bad field.',
  404: 'There is no such thing, or it belongs to somebody else.',
  408: 'The body came too slowly, or stopped coming.',
  409: 'It conflicts with what is there.',
  413: 'The body is too large.',
  415: 'The body has the wrong type.',
  429: 'Too many requests; Retry-After says when.',
  503: 'Not available right now; Retry-After says when.',
};

const CREATED = 201;

/** What a route that creates has besides, because it can be retried. */
const PROBLEMS_OF_RETRIES: Record<number, string> = {
  400: 'The request is not valid; `errors` names every bad field or the Idempotency-Key.',
  409: 'It conflicts with what is there, or the Idempotency-Key with a request under way or whose answer is lost.',
  422: 'The Idempotency-Key came with another request before.',
};

/**
 * States a route's success status and body, and the problems it may answer with
 * beside those of its access rule. One that creates (201) takes an `Idempotency-Key`.
 */
export function Returns(
  status: number,
  body: Type | null,
  problems: readonly number[] = [],
): MethodDecorator {
  return answers(status, body === null ? {} : { type: body }, problems);
}

/** As `Returns`, where the body takes one of several shapes. */
export function ReturnsOneOf(
  status: number,
  bodies: readonly Type[],
  problems: readonly number[] = [],
): MethodDecorator {
  const schema = { oneOf: bodies.map((body) => ({ $ref: getSchemaPath(body) })) };
  return answers(status, { content: { 'application/json': { schema } } }, problems);
}

/** A JSON body, or a stream of text where the caller asks for one. */
export function ReturnsOrStreams(
  status: number,
  body: Type,
  streamType: string,
  problems: readonly number[] = [],
): MethodDecorator {
  const content = {
    'application/json': { schema: { $ref: getSchemaPath(body) } },
    [streamType]: { schema: { type: 'string' } },
  };
  return applyDecorators(ApiExtraModels(body), answers(status, { content }, problems));
}

/** One body, under each of these statuses, on a route without rate limit. */
export function ReturnsUnlimited(statuses: readonly number[], body: Type): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, type: body, description: 'Done.' })),
  );
}

/** Plain text, on a route without rate limit. */
export function ReturnsText(status: number): MethodDecorator {
  return ApiResponse({
    status,
    description: 'Done.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  });
}

function answers(status: number, success: ApiResponseOptions, problems: readonly number[]): MethodDecorator {
  if (status !== CREATED) return documented(status, success, problems, PROBLEMS);
  const headers: ApiResponseOptions['headers'] = {
    'Idempotency-Replayed': {
      description: 'Present when this is the answer to an earlier request with the same Idempotency-Key.',
      schema: { type: 'string', enum: ['true'] },
    },
  };
  const all = [...problems, ...Object.keys(PROBLEMS_OF_RETRIES).map(Number)];
  return applyDecorators(
    Idempotent(),
    documented(status, { ...success, headers }, all, { ...PROBLEMS, ...PROBLEMS_OF_RETRIES }),
  );
}

function documented(
  status: number,
  success: ApiResponseOptions,
  problems: readonly number[],
  descriptions: Readonly<Record<number, string>>,
): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    ApiResponse({ ...success, status, description: 'Done.' }),
    ...[...new Set([...problems, 429])].map((code) => ApiProblem(code, descriptions[code] ?? 'Refused.')),
  );
}
