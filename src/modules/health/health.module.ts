import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { StorageModule } from '../storage/storage.module.js';
import { ClockSkew } from './clock-skew.js';
import { DatabaseTimeRepository } from './database-time.repository.js';
import { HealthComponents } from './health-components.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';
import { MetricsService } from './metrics.service.js';
import { StorageProbe } from './storage-probe.js';
import { TrafficController } from './traffic.controller.js';

/** Probes for Kubernetes and metrics for Prometheus. Refuses to call the server healthy when it is not. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), StorageModule],
  controllers: [HealthController, JobsController, TrafficController],
  providers: [
    HealthService,
    HealthComponents,
    JobsService,
    StorageProbe,
    MetricsService,
    ClockSkew,
    DatabaseTimeRepository,
  ],
})
export class HealthModule {}
