import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { HttpException, Injectable } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { Lifecycle } from '../../common/http/lifecycle.js';
import { AppConfig } from '../../config/config.js';
import { Notifications } from '../../database/notifications.js';
import { Sql } from '../../database/sql.js';
import type { ComponentHealthDto, ComponentsDto, HealthDto, HealthStatus, ProbeDto } from './health.dto.js';
import { HealthErrors } from './health.errors.js';

const DATABASE_PATIENCE_MS = 2_000;

type Component = keyof ComponentsDto;

/** Whether the process lives, takes work, and what of its surroundings is well. */
@Injectable()
export class HealthService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly sql: Sql,
    private readonly notifications: Notifications,
    private readonly lifecycle: Lifecycle,
    private readonly app: AppConfig,
  ) {}

  /** Touches nothing: it tells that the process can answer. */
  live(): ProbeDto {
    return { status: 'alive' };
  }

  /** @throws AppError 503 `not_ready` while starting, draining or without the database. */
  async ready(): Promise<ProbeDto> {
    if (this.lifecycle.isDraining) throw HealthErrors.notReady('The server is shutting down.');
    if (!this.lifecycle.isServing) throw HealthErrors.notReady('The server is starting.');
    const { database } = await this.database();
    if (database?.status !== 'up') throw HealthErrors.notReady('The database does not answer.');
    return { status: 'ready' };
  }

  /** Without the database nothing works; without the others less does. */
  async report(): Promise<HealthDto> {
    const components = await this.components();
    const { database, storage, cache } = components;
    const isDegraded = [storage, cache].some(({ status }) => status !== 'healthy');
    const status: HealthStatus =
      database.status === 'unhealthy' ? 'unhealthy' : isDegraded ? 'degraded' : 'healthy';
    const { version, environment } = this.app;
    return { status, version, environment, timestamp: new Date().toISOString(), components };
  }

  private async components(): Promise<ComponentsDto> {
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
    try {
      await access(this.app.dataDir, constants.W_OK);
      return check.up({ detail: 'local' });
    } catch {
      return check.down({ detail: 'The data folder can not be written.' });
    }
  }

  private cache(): HealthIndicatorResult {
    const check = this.indicators.check('cache');
    return this.notifications.isLive
      ? check.up({ detail: 'in process' })
      : check.down({ detail: 'Bypassed: the notification connection is down.' });
  }
}

function componentOf(result: HealthIndicatorResult[string] | undefined): ComponentHealthDto {
  const { status, ...data } = result ?? { status: 'down' };
  return {
    ...(data as Omit<ComponentHealthDto, 'status'>),
    status: status === 'up' ? 'healthy' : 'unhealthy',
  };
}

async function withPatience<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer in time')), milliseconds);
  });
  return Promise.race([work, impatience]).finally(() => clearTimeout(timer));
}
