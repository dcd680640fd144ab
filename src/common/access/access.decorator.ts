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
  /** `person`: no service key; `session`: only a person who signed in, not a token of theirs either. */
  readonly by: 'any' | 'person' | 'session';
  /** Of a session, that its person has just proved who they are; other credentials were made for such calls. */
  readonly fresh: boolean;
  /** Whether it concerns the whole installation: with several organisations, only for those of the operator's. */
  readonly operators?: boolean;
}

/**
 * Declares who may call a route: `@Access('audit:read')` any caller that holds
 * the scope, `@Access()` any signed-in caller. What only a person should do of
 * their own account, such as changing its password, is `by` session: a leaked
 * token must not be enough. What is a person's own, such as their tokens, is
 * nothing to a service's key: `by` person. What would let a stolen session settle in is `fresh`:
 * it asks for a sign-in or `/auth/reauthenticate` of the last ten minutes. What
 * concerns all organisations is the `operators`'. On a method it beats the class.
 */
export function Access(
  scope: Scope | null = null,
  by: AccessRule['by'] = 'any',
  { fresh = false, operators = false }: { readonly fresh?: boolean; readonly operators?: boolean } = {},
): ClassDecorator & MethodDecorator {
  const rule: AccessRule = { scope, by, fresh, operators };
  return applyDecorators(
    SetMetadata(ACCESS, rule),
    ApiBearerAuth(),
    ...(by === 'any' ? [ApiSecurity('apiKey')] : []),
    ApiCookieAuth('session'),
    ApiProblem(401, 'No credential, or one that is refused.'),
    ApiProblem(403, refusal(rule)),
  );
}

function refusal({ scope, by, fresh, operators }: AccessRule): string {
  return [
    ...(scope === null ? [] : [`the caller does not hold ${scope}`]),
    ...(by === 'person' ? ['the credential is an API key'] : []),
    ...(by === 'session' ? ['the credential is not a session'] : []),
    ...(fresh ? ['the session was proven more than ten minutes ago (`reauthentication_required`)'] : []),
    ...(operators === true
      ? ['under `TENANCY=multi` the caller is not of the operator’s organisation (`operators_only`)']
      : []),
    'a CSRF proof is missing',
    'the credential may not be used from this address',
  ]
    .join(', or ')
    .replace(/^./, (first) => first.toUpperCase())
    .concat('.');
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
