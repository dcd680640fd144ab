import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiCookieAuth, ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiProblem } from '../openapi/api-problem.decorator.js';
import type { Actor } from './actor.js';
import type { Scope } from './scopes.js';

export const ACCESS = Symbol('access');

/** What a route asks of its caller; null asks nothing. */
export interface AccessRule {
  readonly scope: Scope | null;
}

/**
 * Declares who may call a route: `@Access('audit:read')` any caller that holds
 * the scope, `@Access()` any signed-in caller. On a method it beats the class.
 */
export function Access(scope?: Scope): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(ACCESS, { scope: scope ?? null } satisfies AccessRule),
    ApiBearerAuth(),
    ApiSecurity('apiKey'),
    ApiCookieAuth('session'),
    ApiProblem(401, 'No credential, or one that is refused.'),
    ApiProblem(403, scope === undefined ? 'A CSRF proof is missing.' : `The caller does not hold ${scope}.`),
  );
}

/** Declares that anybody may call a route, without a credential. */
export function Public(): ClassDecorator & MethodDecorator {
  return SetMetadata(ACCESS, 'public');
}

/** The verified caller. Only on routes with `@Access`. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor =>
  requireActor(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);

export interface AuthenticatedRequest extends Request {
  actor?: Actor;
}

function requireActor(request: AuthenticatedRequest): Actor {
  if (request.actor === undefined) throw new Error('@CurrentActor on a route without @Access');
  return request.actor;
}
