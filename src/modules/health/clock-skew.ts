import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Gauge } from 'prom-client';
import { Metrics } from '../../common/http/metrics.js';
import { Clock } from '../../common/time/clock.js';
import { DatabaseTimeRepository } from './database-time.repository.js';

const EVERY_MS = 60_000;
/** Of an answer that took longer nobody knows when it was given. */
const PROMPT_MS = 2_000;
const WORTH_A_WARNING_SECONDS = 5;

/**
 * How far this machine's clock is from the database's, which all replicas share.
 * Nothing depends on it; but tokens and terms end early or late where it is large.
 */
@Injectable()
export class ClockSkew implements OnApplicationBootstrap {
  private readonly logger = new Logger(ClockSkew.name);
  private readonly gauge: Gauge;

  constructor(
    { registry }: Metrics,
    private readonly database: DatabaseTimeRepository,
    private readonly clock: Clock,
  ) {
    this.gauge = new Gauge({
      name: 'cloudkeep_clock_skew_seconds',
      help: 'How far the clock of this machine is ahead of that of the database.',
      registers: [registry],
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.measure();
  }

  /** Keeps what is known where the database does not answer promptly. */
  @Interval(EVERY_MS)
  async measure(): Promise<void> {
    const [began, before] = [performance.now(), this.clock.now().getTime()];
    const theirs = await this.database.now().catch(() => null);
    const tookMs = performance.now() - began;
    if (theirs === null || tookMs > PROMPT_MS) return;
    const seconds = (before + tookMs / 2 - theirs.getTime()) / 1000;
    this.gauge.set(seconds);
    if (Math.abs(seconds) > WORTH_A_WARNING_SECONDS)
      this.logger.warn(
        `The clock of this machine is ${Math.abs(seconds).toFixed(1)} seconds ${seconds > 0 ? 'ahead of' : 'behind'} that of the database`,
      );
  }
}
