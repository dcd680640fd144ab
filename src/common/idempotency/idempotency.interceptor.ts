import { createHash } from 'node:crypto';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { SecretsConfig } from '../../config/config.js';
import type { AuthenticatedRequest } from '../access/access.decorator.js';
import { clientIp, clientNetwork } from '../http/client-ip.js';
import { fingerprintOf } from './fingerprint.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import type { Call } from './idempotency.repository.js';
import { IdempotencyService, Reservation, type Answer } from './idempotency.service.js';

/** Headers that belong to what was created. Never cookies: a replay signs nobody in. */
const KEPT_HEADERS = ['Location', 'ETag'];

/**
 * Serves a request under an `Idempotency-Key` once and answers its retries with
 * what it answered first. Runs after the guards, so a replay too is only for who
 * may call the route. `@Returns(201, …)` puts it before every route that creates.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly secrets: SecretsConfig,
  ) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const key = idempotencyKeyOf(request);
    return key === null
      ? next.handle()
      : this.once(this.callOf(request, key), http.getResponse<Response>(), next);
  }

  private async once(call: Call, response: Response, next: CallHandler): Promise<Observable<unknown>> {
    const claimed = await this.idempotency.claim(call);
    if (!(claimed instanceof Reservation)) return of(replay(claimed, response));
    const work = () => lastValueFrom<unknown, undefined>(next.handle(), { defaultValue: undefined });
    return of(await this.idempotency.serve(claimed, work, (value) => answerOf(value, response)));
  }

  private callOf(request: AuthenticatedRequest, key: string): Call {
    return {
      digest: createHash('sha256')
        .update(`${callerOf(request)}\n${key}`)
        .digest(),
      fingerprint: fingerprintOf(request, this.secrets.secretKey),
      organizationId: request.actor?.organizationId ?? null,
    };
  }
}

/**
 * Who signed in again is still the same caller. A token or key is one of its own:
 * it may hold less than its owner and must not be shown what the owner was.
 */
function callerOf(request: AuthenticatedRequest): string {
  const { actor } = request;
  if (actor === undefined) return `ip:${clientNetwork(clientIp(request))}`;
  return actor.credential === 'session'
    ? `user:${actor.userId}`
    : `${actor.credential}:${actor.credentialId}`;
}

/** Null for what a handler has sent by itself. */
function answerOf(value: unknown, response: Response): Answer | null {
  if (response.headersSent) return null;
  const headers = KEPT_HEADERS.flatMap((name) => {
    const header = response.getHeader(name);
    return header === undefined ? [] : [[name, String(header)] as const];
  });
  // Without a value there is no text, whatever the types say.
  const body = JSON.stringify(value) as string | undefined;
  return { status: response.statusCode, headers: Object.fromEntries(headers), body: body ?? null };
}

function replay({ status, headers, body }: Answer, response: Response): unknown {
  response.status(status).set(headers).setHeader('Idempotency-Replayed', 'true');
  return body === null ? undefined : (JSON.parse(body) as unknown);
}
