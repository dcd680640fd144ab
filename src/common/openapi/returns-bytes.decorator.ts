import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ApiProblem } from './api-problem.decorator.js';

const PROBLEMS: Record<number, string> = {
  404: 'There is no such thing, or it belongs to somebody else.',
  409: 'It has no content.',
  429: 'Too many requests; Retry-After says when.',
  503: 'Not available right now; Retry-After says when.',
};

/** States that a route answers with bytes, as a download that is tagged by its digest, and the problems it may answer with. */
export function ReturnsBytes(contentType: string, problems: readonly number[]): MethodDecorator {
  return applyDecorators(
    ApiResponse({
      status: 200,
      description: 'All of it.',
      content: { [contentType]: { schema: { type: 'string', format: 'binary' } } },
    }),
    ApiResponse({ status: 304, description: 'It is what the caller has.' }),
    ...[...new Set([...problems, 429])].map((status) => ApiProblem(status, PROBLEMS[status] ?? 'Refused.')),
  );
}
