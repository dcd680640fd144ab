import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { InvitationsRepository } from './invitations.repository.js';
import { OrganizationRemoval } from './organization-removal.js';

/** What happens to organisations without anybody asking. */
@Injectable()
export class OrganizationsJobs {
  private readonly logger = new Logger(OrganizationsJobs.name);

  constructor(
    private readonly removal: OrganizationRemoval,
    private readonly invitations: InvitationsRepository,
    private readonly singleRun: SingleRun,
  ) {}

  @Cron(CronExpression.EVERY_DAY_AT_4AM, { name: 'organizations.remove', timeZone: 'UTC' })
  async removeDue(): Promise<void> {
    await this.singleRun.run('organizations.remove', async () => {
      const removed = await this.removal.removeDue();
      if (removed > 0) this.logger.log(`Removed ${removed} organisations whose time of grace was over`);
    });
  }

  @Cron(CronExpression.EVERY_HOUR, { name: 'invitations.purge' })
  async purgeInvitations(): Promise<void> {
    await this.singleRun.run('invitations.purge', () => this.invitations.purge());
  }
}
