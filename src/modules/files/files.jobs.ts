import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { Gauge } from 'prom-client';
import { Metrics } from '../../common/http/metrics.js';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { FilesConfig } from '../../config/storage.js';
import { FilePurge } from './file-purge.js';
import { StorageCheckService } from './storage-check.service.js';

/** Empties the trash, and cleans up after uploads that nobody finished. */
@Injectable()
export class FilesJobs {
  private readonly logger = new Logger(FilesJobs.name);
  private readonly missing: Gauge;

  constructor(
    private readonly filePurge: FilePurge,
    private readonly storageCheck: StorageCheckService,
    private readonly config: FilesConfig,
    private readonly clock: Clock,
    private readonly singleRun: SingleRun,
    { registry }: Metrics,
  ) {
    this.missing = new Gauge({
      name: 'cloudkeep_files_content_missing',
      help: 'Versions of files whose content the store did not hold when it was last looked through.',
      registers: [registry],
    });
  }

  @Cron(CronExpression.EVERY_DAY_AT_3AM, { name: 'files.purge', timeZone: 'UTC' })
  async purge(): Promise<void> {
    await this.singleRun.run('files.purge', async () => {
      const before = secondsAfter(this.clock.now(), -this.config.trashSeconds);
      const removed = await this.filePurge.emptyTrash(before);
      if (removed > 0) this.logger.log(`Removed ${removed} files in the trash since ${before.toISOString()}`);
    });
  }

  @Cron(CronExpression.EVERY_DAY_AT_4AM, { name: 'files.check', timeZone: 'UTC' })
  async check(): Promise<void> {
    await this.singleRun.run('files.check', async () => {
      const { removed, missing } = await this.storageCheck.check(true, (kind, key) => {
        if (kind === 'missing') this.logger.warn(`The store does not hold ${key}, which a row names`);
      });
      if (removed > 0) this.logger.log(`Removed ${removed} objects of uploads that came to nothing`);
      this.missing.set(missing);
    });
  }
}
