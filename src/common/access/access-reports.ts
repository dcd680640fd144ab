import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { AppError } from '../errors/app-error.js';
import { TenantContext } from '../../database/tenant-context.js';
import { EventBus } from '../events/event-bus.js';
import { clientIp, clientNetwork } from '../http/client-ip.js';
import { RateLimiter } from '../rate-limits/rate-limiter.js';
import type { AuthenticatedRequest } from './access.decorator.js';
import type { Actor } from './actor.js';
import { Usage } from './usage.js';
import './access.events.js';

/** What follows from the guard's verdict. */
@Injectable()
export class AccessReports {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly events: EventBus,
    private readonly usage: Usage,
    private readonly tenant: TenantContext,
  ) {}

  admitted(request: AuthenticatedRequest, actor: Actor): void {
    request.actor = actor;
    this.tenant.enter(actor.organizationId);
    this.usage.record(actor, clientIp(request));
  }

  /**
   * Counts a refused request against its caller, so that guessing is rate limited too.
   *
   * @throws AppError 429 when the caller has used its limit up.
   */
  async refused(
    request: AuthenticatedRequest,
    response: Response,
    actor: Actor | null,
    error: AppError,
  ): Promise<void> {
    const ip = clientIp(request);
    const route = `${request.method} ${(request.route as { path?: string } | undefined)?.path ?? request.path}`;
    this.events.observe('access.denied', { actor, code: error.code, route, ip });
    await (actor === null
      ? this.limiter.consume('default', clientNetwork(ip), response)
      : this.limiter.consumeFor(actor, response));
  }
}
