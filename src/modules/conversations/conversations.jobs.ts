import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { NIL_ID } from '../../common/crypto/ids.js';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { ConversationsConfig } from '../../config/config.js';
import { ConversationsRepository } from './conversations.repository.js';

/** Messages go with their conversations, so few at a time: a statement has half a minute. */
const BATCH = 500;

/** Forgets conversations in which nothing was said for as long as the settings allow. */
@Injectable()
export class ConversationsJobs {
  private readonly logger = new Logger(ConversationsJobs.name);

  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly config: ConversationsConfig,
    private readonly clock: Clock,
    private readonly singleRun: SingleRun,
  ) {}

  @Cron(CronExpression.EVERY_DAY_AT_3AM, { name: 'conversations.purge', timeZone: 'UTC' })
  async purge(): Promise<void> {
    const { retentionSeconds } = this.config;
    if (retentionSeconds === null) return;
    await this.singleRun.run('conversations.purge', () =>
      this.purgeIdleSince(secondsAfter(this.clock.now(), -retentionSeconds)),
    );
  }

  private async purgeIdleSince(before: Date): Promise<void> {
    let total = 0;
    for (let after: string | null = NIL_ID; after !== null;) {
      const { last, removed } = await this.conversations.purgeAfter(after, before, BATCH);
      total += removed;
      after = last;
    }
    if (total > 0) this.logger.log(`Removed ${total} conversations idle since ${before.toISOString()}`);
  }
}
