import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { Clock } from '../../common/time/clock.js';
import { SandboxMetrics } from './sandbox-metrics.js';
import { SandboxSessionsRepository, SESSION_STATUSES } from './sandbox-sessions.repository.js';

/** Counts sessions for the metrics. The replica that counts tells; the others tell nothing. */
@Injectable()
export class SessionCountsJob {
  constructor(
    private readonly sessions: SandboxSessionsRepository,
    private readonly metrics: SandboxMetrics,
    private readonly singleRun: SingleRun,
    private readonly clock: Clock,
  ) {}

  @Cron(CronExpression.EVERY_10_MINUTES, { name: 'sandbox.count' })
  async count(): Promise<void> {
    this.metrics.sessions.reset();
    await this.singleRun.run('sandbox.count', async () => {
      const counts = await this.sessions.countByStatus(this.clock.now());
      for (const status of SESSION_STATUSES) this.metrics.sessions.set({ status }, counts[status]);
    });
  }
}
