import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Metrics } from '../../common/http/metrics.js';
import { reasonOf } from './storage.errors.js';
import type { ReplicaWork } from './wrappers/replicated.wrapper.js';

/** What the second store failed to take: somebody must hear of it, as no caller does. */
@Injectable()
export class ReplicaFailures {
  private readonly logger = new Logger(ReplicaFailures.name);
  private readonly failures: Counter<'work'>;

  constructor({ registry }: Metrics) {
    this.failures = new Counter({
      name: 'cloudkeep_storage_replica_failures_total',
      help: 'Objects that the second store failed to set, copy or delete; storage:copy --resume repairs.',
      labelNames: ['work'],
      registers: [registry],
    });
  }

  report(work: ReplicaWork, key: string, error: unknown): void {
    this.failures.inc({ work });
    this.logger.warn(`The second store did not ${work} ${key}: ${reasonOf(error)}`);
  }
}
