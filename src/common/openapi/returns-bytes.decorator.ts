import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ApiProblem } from './api-problem.decorator.js';

const PROBLEMS: Record<number, string> = {
  400: 'The request is not valid; `errors` names every bad field.',
  404: 'There is no such thing, or it belongs to somebody else.',
  409: 'It has no content.',
  429: 'Too many requests; Retry-After says when.',
  503: 'Not available right now; Retry-After says when.',
};

/** States that a route answers with a file that is made as it is sent, of one of these types. */
export function ReturnsFile(contentTypes: readonly string[], problems: readonly number[]): MethodDecorator {
  const bytes = { schema: { type: 'string', format: 'binary' } } as const;
  return applyDecorators(
    ApiResponse({
      status: 200,
      description: 'All of it.',
      content: Object.fromEntries(contentTypes.map((type) => [type, bytes])),
    }),
    ...problemsOf(problems),
  );
}

/** States that a route answers with bytes, as a download that is tagged by its digest, and the problems it may answer with. */
export function ReturnsBytes(contentType: string, problems: readonly number[]): MethodDecorator {
  return applyDecorators(
    ApiResponse({
      status: 200,
      description: 'All of it.',
      content: { [contentType]: { schema: { type: 'string', format: 'binary' } } },
    }),
    ApiResponse({ status: 304, description: 'It is what the caller has.' }),
    ...problemsOf(problems),
  );
}

function problemsOf(problems: readonly number[]) {
  return [...new Set([...problems, 429])].map((status) => ApiProblem(status, PROBLEMS[status] ?? 'Refused.'));
}
