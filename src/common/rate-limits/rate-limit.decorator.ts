import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import { ApiProblem } from '../openapi/api-problem.decorator.js';

export const RATE_LIMITS = Symbol('rate limits');

export type RateLimitName = 'login' | 'register' | 'password' | 'revoke';

/** A limit of a route's own, beside the general one. `subject` says whom it counts for, beyond the client's address. */
export interface RouteLimit {
  readonly name: RateLimitName;
  readonly subject?: (request: Request) => string;
}

/** Puts a route under a tighter limit (`RATE_LIMIT_<NAME>`), counted for the client's address and the subject. */
export function RateLimited(name: RateLimitName, subject?: (request: Request) => string): MethodDecorator {
  const limit: RouteLimit = subject === undefined ? { name } : { name, subject };
  return applyDecorators(
    SetMetadata(RATE_LIMITS, limit),
    ApiProblem(429, 'Too many requests; Retry-After says when.'),
  );
}

/** Takes a controller out of every rate limit: for probes, which must not be refused. */
export function Unlimited(): ClassDecorator {
  return SetMetadata(RATE_LIMITS, 'none');
}
