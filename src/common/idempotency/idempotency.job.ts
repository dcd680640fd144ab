import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SingleRun } from '../scheduling/single-run.js';
import { IdempotencyService } from './idempotency.service.js';

/** Forgets keys whose day is over. They are free from that moment on, so nothing waits for this. */
@Injectable()
export class IdempotencyJob {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly singleRun: SingleRun,
  ) {}

  @Cron(CronExpression.EVERY_HOUR, { name: 'idempotency.purge' })
  async purge(): Promise<void> {
    await this.singleRun.run('idempotency.purge', () => this.idempotency.purge());
  }
}
