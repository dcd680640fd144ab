import { Injectable } from '@nestjs/common';
import { Lifecycle } from '../../common/http/lifecycle.js';
import { AppConfig } from '../../config/config.js';
import { HealthComponents } from './health-components.js';
import type { HealthDto, HealthStatus, ProbeDto } from './health.dto.js';
import { HealthErrors } from './health.errors.js';

/** Whether the process lives, takes work, and what of its surroundings is well. */
@Injectable()
export class HealthService {
  constructor(
    private readonly components: HealthComponents,
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
    if (!(await this.components.hasDatabase())) throw HealthErrors.notReady('The database does not answer.');
    return { status: 'ready' };
  }

  /** Without the database nothing works; without the others less does. */
  async report(): Promise<HealthDto> {
    const components = await this.components.report();
    const { database, storage, cache } = components;
    const isDegraded = [storage, cache].some(({ status }) => status !== 'healthy');
    const status: HealthStatus =
      database.status === 'unhealthy' ? 'unhealthy' : isDegraded ? 'degraded' : 'healthy';
    const { version, environment } = this.app;
    return { status, version, environment, timestamp: new Date().toISOString(), components };
  }
}
