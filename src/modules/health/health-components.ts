import { HttpException, Injectable } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { Redis } from '../../common/redis/redis.js';
import { withPatience } from '../../common/time/patience.js';
import { Notifications } from '../../database/notifications.js';
import { Sql } from '../../database/sql.js';
import type { ComponentHealthDto, ComponentsDto } from './health.dto.js';
import { StorageProbe } from './storage-probe.js';

const DATABASE_PATIENCE_MS = 2_000;

type Component = keyof ComponentsDto;

/** What the server stands on, asked one by one. */
@Injectable()
export class HealthComponents {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly sql: Sql,
    private readonly notifications: Notifications,
    private readonly files: StorageProbe,
    private readonly redis: Redis,
  ) {}

  async report(): Promise<ComponentsDto> {
    const result = await this.checks
      .check([() => this.database(), () => this.storage(), () => this.cache()])
      // Terminus throws what it found when any of it is down.
      .catch((error: unknown) => {
        if (error instanceof HttpException) return error.getResponse() as HealthCheckResult;
        throw error;
      });
    const of = (name: Component): ComponentHealthDto => componentOf(result.details[name]);
    return { database: of('database'), storage: of('storage'), cache: of('cache') };
  }

  async hasDatabase(): Promise<boolean> {
    const { database } = await this.database();
    return database?.status === 'up';
  }

  private async database(): Promise<HealthIndicatorResult> {
    const check = this.indicators.check('database');
    const startedAt = performance.now();
    try {
      await withPatience(this.sql.execute({ text: 'SELECT 1' }), DATABASE_PATIENCE_MS);
      return check.up({ latency_ms: Math.round((performance.now() - startedAt) * 100) / 100 });
    } catch {
      return check.down({ detail: 'The database does not answer.' });
    }
  }

  private async storage(): Promise<HealthIndicatorResult> {
    const check = this.indicators.check('storage');
    return (await this.files.isWell())
      ? check.up({ detail: this.files.backend })
      : check.down({ detail: `The ${this.files.backend} store can not be used.` });
  }

  private async cache(): Promise<HealthIndicatorResult> {
    const check = this.indicators.check('cache');
    if (!this.notifications.isLive)
      return check.down({ detail: 'Bypassed: the notification connection is down.' });
    if (!this.redis.isShared) return check.up({ detail: 'in process' });
    return (await this.redis.isWell())
      ? check.up({ detail: 'redis' })
      : check.down({ detail: 'Redis does not answer: rate limits are counted by each process alone.' });
  }
}

function componentOf(result: HealthIndicatorResult[string] | undefined): ComponentHealthDto {
  const { status, ...data } = result ?? { status: 'down' };
  return {
    ...(data as Omit<ComponentHealthDto, 'status'>),
    status: status === 'up' ? 'healthy' : 'unhealthy',
  };
}
