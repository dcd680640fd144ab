import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { ExperimentArchive } from './experiment-archive.js';
import { ModelCleaning } from './model-cleaning.js';

const DAY = 24 * 60 * 60;
const ARCHIVED_AFTER_SECONDS = 90 * DAY;

/** Archives old experiments, and cleans up after registrations that came to nothing. */
@Injectable()
export class LabJobs {
  private readonly logger = new Logger(LabJobs.name);

  constructor(
    private readonly experiments: ExperimentArchive,
    private readonly models: ModelCleaning,
    private readonly clock: Clock,
    private readonly singleRun: SingleRun,
  ) {}

  @Cron(CronExpression.EVERY_DAY_AT_2AM, { name: 'lab.archive', timeZone: 'UTC' })
  async archive(): Promise<void> {
    await this.singleRun.run('lab.archive', async () => {
      const before = secondsAfter(this.clock.now(), -ARCHIVED_AFTER_SECONDS);
      const count = await this.experiments.archiveBefore(before);
      if (count > 0) this.logger.log(`Archived ${count} experiments from before ${before.toISOString()}`);
    });
  }

  @Cron(CronExpression.EVERY_DAY_AT_4AM, { name: 'lab.clean', timeZone: 'UTC' })
  async clean(): Promise<void> {
    await this.singleRun.run('lab.clean', async () => {
      const removed = await this.models.removeOrphans(secondsAfter(this.clock.now(), -DAY));
      if (removed > 0) this.logger.log(`Removed ${removed} files of models that were never registered`);
    });
  }
}
