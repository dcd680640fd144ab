import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { BackupsConfig } from '../../config/backups.js';
import { BackupReconciliation } from './backup-reconciliation.js';
import { BackupRunner } from './backup-runner.js';
import { BackupSchedule } from './backup-schedule.js';

/** At two a full one is made, which an incremental one would only repeat. */
const HOURLY_BUT_AT_TWO = '0 0 0-1,3-23 * * *';
const BEFORE_EVERY_HOUR = '0 45 * * * *';

/** What happens to backups without anybody asking. */
@Injectable()
export class BackupsJobs {
  constructor(
    private readonly schedule: BackupSchedule,
    private readonly reconciliation: BackupReconciliation,
    private readonly runner: BackupRunner,
    private readonly config: BackupsConfig,
    private readonly singleRun: SingleRun,
  ) {}

  @Cron(CronExpression.EVERY_DAY_AT_2AM, { name: 'backups.full', timeZone: 'UTC' })
  async full(): Promise<void> {
    if (!this.config.isScheduled) return;
    await this.singleRun.run('backups.full', () => this.schedule.full());
  }

  @Cron(HOURLY_BUT_AT_TWO, { name: 'backups.incremental', timeZone: 'UTC' })
  async incremental(): Promise<void> {
    if (!this.config.isScheduled) return;
    await this.singleRun.run('backups.incremental', () => this.schedule.incremental());
  }

  /** Also what a process that was killed, or the schedule of another replica, left to be done. */
  @Cron(CronExpression.EVERY_MINUTE, { name: 'backups.work' })
  async work(): Promise<void> {
    await this.singleRun.run('backups.work', (lost) => this.runner.drain(lost));
  }

  @Cron(BEFORE_EVERY_HOUR, { name: 'backups.reconcile', timeZone: 'UTC' })
  async reconcile(): Promise<void> {
    await this.singleRun.run('backups.reconcile', () => this.reconciliation.reconcile());
  }
}
