import { Injectable } from '@nestjs/common';
import { Cron, CronExpression, Interval } from '@nestjs/schedule';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { MailSender } from './mail-sender.js';
import { MailRepository } from './mail.repository.js';

const LOOK_EVERY_MS = 15_000;
const DAY_SECONDS = 86_400;
const SENT_KEPT_FOR_SECONDS = 7 * DAY_SECONDS;
const FAILED_KEPT_FOR_SECONDS = 30 * DAY_SECONDS;

/** What happens to mails without anybody asking. */
@Injectable()
export class MailJobs {
  constructor(
    private readonly sender: MailSender,
    private readonly outbox: MailRepository,
    private readonly singleRun: SingleRun,
    private readonly clock: Clock,
  ) {}

  /** On every replica, each from its own start: they share the mails that are due. */
  @Interval(LOOK_EVERY_MS)
  look(): void {
    this.sender.wake();
  }

  @Cron(CronExpression.EVERY_HOUR, { name: 'mail.purge' })
  async purge(): Promise<void> {
    await this.singleRun.run('mail.purge', async () => {
      const now = this.clock.now();
      await this.outbox.purge(
        secondsAfter(now, -SENT_KEPT_FOR_SECONDS),
        secondsAfter(now, -FAILED_KEPT_FOR_SECONDS),
      );
    });
  }
}
