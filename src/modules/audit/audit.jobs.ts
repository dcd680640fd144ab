import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { AuditChain } from './audit-chain.js';
import { AuditRetention } from './audit-retention.js';
import { AuditSeals } from './audit-seals.js';
import { RefusalTrail } from './refusal-trail.js';

/** Binds the trail every minute and at the end, seals it every hour, and keeps its months in order. */
@Injectable()
export class AuditJobs implements BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditJobs.name);

  constructor(
    private readonly chain: AuditChain,
    private readonly seals: AuditSeals,
    private readonly retention: AuditRetention,
    private readonly refusals: RefusalTrail,
    private readonly singleRun: SingleRun,
  ) {}

  @Cron(CronExpression.EVERY_MINUTE, { name: 'audit.chain' })
  async bind(): Promise<void> {
    await this.singleRun.run('audit.chain', async () => {
      await this.chain.extend();
    });
  }

  /** The partitions of the coming months as well: an hour that is missed is made up for by the next. */
  @Cron('0 5 * * * *', { name: 'audit.seal', timeZone: 'UTC' })
  async seal(): Promise<void> {
    await this.singleRun.run('audit.seal', async () => {
      const made = await this.retention.makeAhead();
      if (made > 0) this.logger.log(`Made room for ${made} more months of the audit trail`);
      await this.chain.extend();
      await this.seals.seal();
    });
  }

  @Cron('0 30 3 * * *', { name: 'audit.retain', timeZone: 'UTC' })
  async retain(): Promise<void> {
    await this.singleRun.run('audit.retain', async () => {
      await this.chain.extend(true);
      for (const month of await this.retention.run())
        this.logger.log(`The audit trail of ${month} is in the object store and no longer in the database`);
    });
  }

  /** Whatever this process has written is bound when it is gone. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.refusals.finish();
    await this.bind();
  }
}
