import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { NextFunction, Response } from 'express';
import { ClsService } from 'nestjs-cls';
import type { Logger } from 'pino';
import { HttpConfig } from '../../config/config.js';
import { CommonErrors } from '../errors/common.errors.js';
import type { AuthenticatedRequest } from '../access/access.decorator.js';
import { clientIp } from './client-ip.js';
import { watchBody } from './body-watch.js';
import { Lifecycle } from './lifecycle.js';
import { sendProblem } from './problem.filter.js';
import { RootLogger } from './logger.js';
import { traceFields, type LiveSpan } from '../../telemetry/span.js';
import type { RequestContextStore } from './request-context.js';
import { RequestMetrics } from './request-metrics.js';
import { RequestSpans } from './request-spans.js';
import { securityHeaders, type SecurityHeaders } from './security-headers.js';

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;
const STATIC_PATH = /^\/(docs|console)(\/|$)/i;

/** How a request went. */
interface Ending {
  readonly requestId: string;
  readonly ip: string;
  readonly seconds: number;
  readonly span: LiveSpan | null;
}

/**
 * The first and last thing a request meets: it gets its id, its context and the
 * security headers, is counted while in flight, and leaves one log line and one
 * measurement. A single function, because every layer is paid by every request.
 */
@Injectable()
export class EdgeMiddleware {
  private readonly headers: SecurityHeaders;
  private readonly logger: Logger;
  private readonly idleMs: number;

  constructor(
    { production, idleMs }: HttpConfig,
    root: RootLogger,
    private readonly cls: ClsService<RequestContextStore>,
    private readonly metrics: RequestMetrics,
    private readonly lifecycle: Lifecycle,
    private readonly spans: RequestSpans,
  ) {
    this.headers = securityHeaders(production);
    this.logger = root.unredacted;
    this.idleMs = idleMs;
  }

  readonly handle = (request: AuthenticatedRequest, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const presented = request.headers['x-request-id'];
    const requestId = typeof presented === 'string' && REQUEST_ID.test(presented) ? presented : randomUUID();
    const ip = clientIp(request);
    response.setHeader('X-Request-Id', requestId);
    const pages = STATIC_PATH.exec(request.path)?.[1]?.toLowerCase() as 'docs' | 'console' | undefined;
    for (const [name, value] of this.headers[pages ?? 'api']) response.setHeader(name, value);
    if (this.lifecycle.isDraining) response.setHeader('Connection', 'close');
    this.lifecycle.requestStarted();
    const span = this.spans.begin(request, requestId);
    response.once('close', () => {
      this.lifecycle.requestEnded();
      const seconds = (performance.now() - startedAt) / 1000;
      this.report(request, response, { requestId, ip, seconds, span });
    });
    watchBody(request, this.idleMs, () => giveUp(request, response, requestId));
    const store = { requestId, ip, userAgent: request.headers['user-agent'] ?? null } as RequestContextStore;
    if (span === null) this.cls.runWith(store, next);
    else span.enter(() => this.cls.runWith(store, next));
  };

  private report(
    request: AuthenticatedRequest,
    response: Response,
    { requestId, ip, seconds, span }: Ending,
  ): void {
    // A client that went away before the answer was complete; 499 as nginx logs it.
    const status = response.writableFinished ? response.statusCode : 499;
    const route = (request.route as { path?: string } | undefined)?.path ?? 'unmatched';
    this.metrics.observe(request.method, route, status, seconds);
    if (span !== null) this.spans.end(span, request.method, route, status);
    if (!this.logger.isLevelEnabled('info')) return;
    const line = {
      request_id: requestId,
      method: request.method,
      // The path only: a query string may carry what must not be logged.
      path: request.path,
      status,
      duration_ms: Math.round(seconds * 1e5) / 100,
      ip,
      user_id: request.actor?.userId,
      ...(span === null ? {} : traceFields(span)),
    };
    this.logger.info(line, 'request');
  }
}

/** Whoever was answered before the body had come, as one who may not send it, is not told again. */
function giveUp(request: AuthenticatedRequest, response: Response, requestId: string): void {
  if (response.headersSent) return void request.destroy();
  // Node tells whoever reads a body nothing more once the answer is out.
  response.once('close', () => request.destroy());
  sendProblem(response, CommonErrors.requestTimeout(), requestId);
}
