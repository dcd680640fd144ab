import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { AppError } from '../../common/errors/app-error.js';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { EventBus } from '../../common/events/event-bus.js';
import { clientNetwork } from '../../common/http/client-ip.js';
import { RateLimiter } from '../../common/rate-limits/rate-limiter.js';
import { LimitsConfig } from '../../config/config.js';
import { SandboxMetrics } from './sandbox-metrics.js';
import '../../common/access/access.events.js';

const ROUTE = 'WS /api/v1/ws/sandbox';

/** Counts handshakes against the general limit, as requests are, and leaves the record a refused request does. */
@Injectable()
export class SocketRefusals {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly limits: LimitsConfig,
    private readonly events: EventBus,
    private readonly metrics: SandboxMetrics,
  ) {}

  /** @throws AppError 429. */
  async mustBeWithinLimit(actor: Actor | null, ip: string): Promise<void> {
    const { default: general } = this.limits;
    const own = actor?.requestsPerMinute ?? null;
    const limit = own === null ? general : { limit: own, windowSeconds: 60 };
    if (limit === null) return;
    const [name, identifier] = countedFor(actor, ip);
    if (!(await this.limiter.permits(name, identifier, limit)))
      throw CommonErrors.tooManyRequests(limit.windowSeconds);
  }

  /** @throws AppError 429 where a stranger has guessed too often. */
  async report(error: unknown, actor: Actor | null, ip: string): Promise<void> {
    if (!(error instanceof AppError)) return;
    this.metrics.refusedSockets.inc({ code: error.code });
    this.events.observe('access.denied', { actor, code: error.code, route: ROUTE, ip });
    if (actor === null) await this.mustBeWithinLimit(null, ip);
  }
}

/** As for requests, so that both count together. */
function countedFor(actor: Actor | null, ip: string): [string, string] {
  if (actor === null) return ['default', clientNetwork(ip)];
  if (actor.requestsPerMinute !== null) return ['credential', actor.credentialId];
  return ['default', actor.credential === 'api_key' ? actor.credentialId : actor.userId];
}
