import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { EventBus } from '../../common/events/event-bus.js';
import { Metrics } from '../../common/http/metrics.js';
import { HttpConfig } from '../../config/config.js';
import { Sql } from '../../database/sql.js';
import { HealthErrors } from './health.errors.js';
import '../../common/access/access.events.js';
import '../auth/auth.events.js';

/** What Prometheus reads, and the counts of sign-ins and refusals in it. */
@Injectable()
export class MetricsService implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly events: EventBus,
    private readonly sql: Sql,
    private readonly http: HttpConfig,
  ) {}

  onModuleInit(): void {
    this.countSignIns();
    this.countDenials();
    this.watchPool();
  }

  /** @throws AppError 401 when a token is configured and not presented. */
  async scrape(authorization: string | undefined): Promise<string> {
    const { metricsToken } = this.http;
    if (metricsToken !== null && !isSame(authorization ?? '', `Bearer ${metricsToken}`)) {
      throw HealthErrors.metricsTokenRequired();
    }
    return this.metrics.registry.metrics();
  }

  private countSignIns(): void {
    const logins = new Counter({
      name: 'cloudkeep_logins_total',
      help: 'Sign-ins by outcome.',
      labelNames: ['outcome'],
      registers: [this.metrics.registry],
    });
    this.events.onObserved(({ name }) => {
      if (name === 'login.failed') logins.inc({ outcome: 'failed' });
    });
    this.events.react('session.opened', () => {
      logins.inc({ outcome: 'succeeded' });
      return Promise.resolve();
    });
  }

  private countDenials(): void {
    const denials = new Counter({
      name: 'cloudkeep_denials_total',
      help: 'Refused requests by the code of their problem.',
      labelNames: ['code'],
      registers: [this.metrics.registry],
    });
    this.events.onObserved((event) => {
      if (event.name === 'access.denied') denials.inc({ code: event.payload.code });
    });
  }

  private watchPool(): void {
    const { pool } = this.sql;
    new Gauge({
      name: 'cloudkeep_database_pool_connections',
      help: 'Database connections by state; waiting counts the requests for one.',
      labelNames: ['state'],
      registers: [this.metrics.registry],
      collect() {
        this.set({ state: 'idle' }, pool.idleCount);
        this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
        this.set({ state: 'waiting' }, pool.waitingCount);
      },
    });
  }
}

function isSame(presented: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(presented), digest(expected));
}
