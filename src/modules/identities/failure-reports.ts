import { Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { AppError } from '../../common/errors/app-error.js';
import { EventBus } from '../../common/events/event-bus.js';
import { RootLogger } from '../../common/http/logger.js';
import { RequestContext } from '../../common/http/request-context.js';
import '../auth/auth.events.js';

/** Tells the trail of sign-ins elsewhere that failed, and the operator why. */
@Injectable()
export class FailureReports {
  private readonly logger: Logger;

  constructor(
    root: RootLogger,
    private readonly events: EventBus,
    private readonly context: RequestContext,
  ) {
    this.logger = root.pino;
  }

  failed(provider: string, { code, cause }: AppError): void {
    const ip = this.context.ip ?? '0.0.0.0';
    this.events.observe('login.failed', { user: null, reason: `${provider}: ${code}`, ip });
    // The fault's own words only: what it carries beside them may be a token.
    const because = cause instanceof Error ? cause.message : undefined;
    this.logger.warn({ request_id: this.context.requestId, provider, code, because }, 'Sign-in failed');
  }
}
