import { Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Counter } from 'prom-client';
import { Metrics } from '../http/metrics.js';
import type { JobOutcome } from './job-runs.repository.js';

/**
 * How often each job ran in this process, by outcome. Failures are told from the
 * start, as 0: a series that begins with its first failure never grows by it.
 */
@Injectable()
export class RunCounter {
  private readonly runs: Counter<'job' | 'outcome'>;

  constructor({ registry }: Metrics, scheduler: SchedulerRegistry) {
    const runs = new Counter({
      name: 'cloudkeep_job_runs_total',
      help: 'Runs of scheduled jobs by outcome.',
      labelNames: ['job', 'outcome'],
      registers: [registry],
      collect: () => {
        for (const job of scheduler.getCronJobs().keys()) runs.inc({ job, outcome: 'failed' }, 0);
      },
    });
    this.runs = runs;
  }

  count(job: string, outcome: JobOutcome | 'skipped'): void {
    this.runs.inc({ job, outcome });
  }
}
