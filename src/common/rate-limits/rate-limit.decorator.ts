import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import { ApiProblem } from '../openapi/api-problem.decorator.js';

export const RATE_LIMITS = Symbol('rate limits');

export type RateLimitName = 'login' | 'register' | 'password' | 'mfa' | 'revoke' | 'query';

/** A limit of a route's own, beside the general one. */
export interface RouteLimit {
  readonly name: RateLimitName;
  /** The signed-in account, wherever it calls from, or the client's address. */
  readonly per: 'account' | 'address';
  /** Whom it counts for beyond the client's address. */
  readonly subject?: (request: Request) => string;
}

/** Puts a route under a tighter limit (`RATE_LIMIT_<NAME>`), counted for the client's address and the subject. */
export function RateLimited(name: RateLimitName, subject?: (request: Request) => string): MethodDecorator {
  return limited({ name, per: 'address', ...(subject === undefined ? {} : { subject }) });
}

/** As `RateLimited`, counted for the signed-in account, wherever it calls from. */
export function RateLimitedAccount(name: RateLimitName): MethodDecorator {
  return limited({ name, per: 'account' });
}

function limited(limit: RouteLimit): MethodDecorator {
  return applyDecorators(
    SetMetadata(RATE_LIMITS, limit),
    ApiProblem(429, 'Too many requests; Retry-After says when.'),
  );
}

/** Takes a controller out of every rate limit: for probes, which must not be refused. */
export function Unlimited(): ClassDecorator {
  return SetMetadata(RATE_LIMITS, 'none');
}
