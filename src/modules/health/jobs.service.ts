import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '../../common/http/metrics.js';
import { Jobs } from '../../common/scheduling/jobs.js';
import { Clock } from '../../common/time/clock.js';
import { SCRAPE_PATIENCE_MS, withPatience } from '../../common/time/patience.js';
import { JobDto, type JobsDto } from './jobs.dto.js';

/** How the jobs fare: every replica tells the same, whichever ran them. */
@Injectable()
export class JobsService implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const gauge = new Gauge<'job'>({
      name: 'cloudkeep_job_seconds_since_success',
      help: 'Seconds since a scheduled job last succeeded, on whichever replica; none before the first time.',
      labelNames: ['job'],
      registers: [this.metrics.registry],
      collect: (): Promise<void> => this.tell(gauge),
    });
  }

  async list(): Promise<JobsDto> {
    return { items: (await this.jobs.list()).map((job) => JobDto.of(job)) };
  }

  private async tell(gauge: Gauge<'job'>): Promise<void> {
    // Without the database nobody knows, and an old answer would be a wrong one.
    const jobs = await withPatience(this.jobs.list(), SCRAPE_PATIENCE_MS).catch(() => []);
    const now = this.clock.now().getTime();
    gauge.reset();
    for (const { name: job, last } of jobs) {
      const at = last?.succeeded_at?.getTime();
      if (at !== undefined) gauge.set({ job }, Math.max(0, (now - at) / 1000));
    }
  }
}
