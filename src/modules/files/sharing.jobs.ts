import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { isId } from '../../common/crypto/ids.js';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { Clock } from '../../common/time/clock.js';
import { FileLinksRepository } from './file-links.repository.js';
import { PendingUploadsRepository } from './pending-uploads.repository.js';
import { UploadObjects } from './upload-objects.js';

const BATCH = 200;

/** Removes links and uploads whose time is over, and what nobody's upload left. */
@Injectable()
export class SharingJobs {
  private readonly logger = new Logger(SharingJobs.name);

  constructor(
    private readonly links: FileLinksRepository,
    private readonly uploads: PendingUploadsRepository,
    private readonly objects: UploadObjects,
    private readonly singleRun: SingleRun,
    private readonly clock: Clock,
  ) {}

  @Cron(CronExpression.EVERY_10_MINUTES, { name: 'files.expire' })
  async expire(): Promise<void> {
    await this.singleRun.run('files.expire', async () => {
      const now = this.clock.now();
      await this.links.removeExpired(now);
      for (;;) {
        const ids = await this.uploads.removeExpired(now, BATCH);
        if (ids.length === 0) return;
        for (const id of ids) await this.objects.discard(id);
      }
    });
  }

  /** Rows come first and go first, so an object without one is nobody's. */
  @Cron(CronExpression.EVERY_DAY_AT_5AM, { name: 'files.sweep-uploads', timeZone: 'UTC' })
  async sweep(): Promise<void> {
    await this.singleRun.run('files.sweep-uploads', async () => {
      const seen = new Set<string>();
      for await (const id of this.objects.ids()) if (isId(id)) seen.add(id);
      const ids = [...seen];
      let removed = 0;
      for (let at = 0; at < ids.length; at += BATCH) {
        const batch = ids.slice(at, at + BATCH);
        const known = await this.uploads.known(batch);
        for (const id of batch.filter((one) => !known.has(one))) {
          await this.objects.discard(id);
          removed++;
        }
      }
      if (removed > 0) this.logger.log(`Removed what ${removed} uploads had left`);
    });
  }
}
