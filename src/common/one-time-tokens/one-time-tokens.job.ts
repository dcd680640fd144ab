import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SingleRun } from '../scheduling/single-run.js';
import { OneTimeTokens } from './one-time-tokens.js';

/** Forgets tokens nobody used in time. */
@Injectable()
export class OneTimeTokensJob {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly singleRun: SingleRun,
  ) {}

  @Cron(CronExpression.EVERY_HOUR, { name: 'one-time-tokens.purge' })
  async purge(): Promise<void> {
    await this.singleRun.run('one-time-tokens.purge', () => this.tokens.purge());
  }
}
