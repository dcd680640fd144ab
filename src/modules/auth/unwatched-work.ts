import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import pLimit from 'p-limit';
import { CommonErrors } from '../../common/errors/common.errors.js';

/** Small beside the pool: mails may wait, requests do not. */
const AT_ONCE = 2;
const MAX_WAITING = 1_000;

/**
 * Work that goes on behind an answer already given. Whether an account exists, has
 * a password or gets a mail would show in how long it takes (OWASP Forgot Password
 * Cheat Sheet); so nobody can watch it. A process that is killed loses what
 * waits: whoever misses a mail asks again.
 */
@Injectable()
export class UnwatchedWork implements BeforeApplicationShutdown {
  private readonly logger = new Logger(UnwatchedWork.name);
  private readonly limit = pLimit(AT_ONCE);
  private readonly underWay = new Set<Promise<void>>();

  /**
   * Returns before `work` has begun.
   *
   * @throws AppError 503 when too much waits already, whoever asks.
   */
  begin(what: string, work: () => Promise<void>): void {
    if (this.limit.pendingCount >= MAX_WAITING) {
      throw CommonErrors.unavailable('Too many such requests at once: try again in a moment.');
    }
    const done = this.limit(work)
      .catch((error: unknown) => this.logger.error(`${what} failed: ${(error as Error).message}`))
      .finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }

  /** Resolves once nothing is left to do. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.idle();
  }
}
