import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { LiveSpan } from '../../telemetry/span.js';
import { Tracing } from '../../telemetry/tracing.js';
import { METHODS } from './request-metrics.js';

/** Asked every few seconds by machines, about this process alone. */
const UNTRACED = /^\/(health|metrics)(\/|$)/;

/** One span a request. Of its address it tells the route template only: the rest may be a name or a secret. */
@Injectable()
export class RequestSpans {
  constructor(private readonly tracing: Tracing) {}

  /** Null where it is not traced. */
  begin(request: Request, requestId: string): LiveSpan | null {
    if (!this.tracing.isOn || UNTRACED.test(request.path)) return null;
    const method = METHODS.has(request.method) ? request.method : '_OTHER';
    const attributes = { 'http.request.method': method, 'cloudkeep.request_id': requestId };
    return this.tracing.root({ name: method, kind: 'server', attributes }, request.headers);
  }

  end(span: LiveSpan, method: string, route: string, status: number): void {
    if (span.isRecording) {
      span.rename(`${METHODS.has(method) ? method : 'HTTP'} ${route}`);
      span.set({ 'http.route': route, 'http.response.status_code': status });
      if (status >= 500) span.fail(String(status));
    }
    span.end();
  }
}
