import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { outsideSpans } from '../../telemetry/span.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { AppConfig } from '../../config/config.js';
import { MailDelivery, ShuttingDown } from './mail-delivery.js';
import { MailRepository, type ClaimedMail } from './mail.repository.js';

const MOST_AT_ONCE = 5;
const LONGEST_ATTEMPT_MS = 60_000;
/** Well over the longest attempt, also between clocks that differ: only of a replica that died does a claim lapse. */
const CLAIM_SECONDS = 180;
/** For attempts under way when the process ends, unless its requests have less. */
const MOST_GRACE_SECONDS = 5;

/**
 * Empties the outbox, a few mails at a time. Each worker claims a mail in one
 * short statement (`FOR UPDATE SKIP LOCKED`), sends it with no transaction open,
 * and notes how it went; so replicas share the work and never a mail. A process
 * that dies in between leaves a claim that lapses.
 */
@Injectable()
export class MailSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(MailSender.name);
  private readonly workers = new Set<Promise<void>>();
  private readonly attempts = new Set<AbortController>();
  private isWanted = false;
  private isStopping = false;

  constructor(
    private readonly outbox: MailRepository,
    private readonly delivery: MailDelivery,
    private readonly clock: Clock,
    private readonly cls: ClsService,
    private readonly app: AppConfig,
  ) {}

  /** What an earlier process left behind. */
  onApplicationBootstrap(): void {
    this.wake();
  }

  /** Looks for due mails. Returns at once and never fails: nobody waits for a mail server. */
  wake(): void {
    if (this.isStopping) return;
    if (this.workers.size >= MOST_AT_ONCE) {
      this.isWanted = true;
      return;
    }
    // Outside the request that woke us: a mail is none of its queries, and it would live on in our logs.
    const worker = outsideSpans(() => this.cls.exit(() => this.work())).finally(() => this.ended(worker));
    this.workers.add(worker);
  }

  /** Sends what is due; resolves when nothing is left to do now. */
  async drain(): Promise<void> {
    this.wake();
    await this.idle();
  }

  /** Attempts under way may finish; what takes longer is left for the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    const graceSeconds = Math.min(MOST_GRACE_SECONDS, this.app.shutdownGraceSeconds);
    const impatience = setTimeout(() => {
      for (const attempt of this.attempts) attempt.abort(new ShuttingDown('The process ends'));
    }, graceSeconds * 1000);
    await this.idle();
    clearTimeout(impatience);
  }

  private async idle(): Promise<void> {
    while (this.workers.size > 0) await Promise.all(this.workers);
  }

  private async work(): Promise<void> {
    try {
      while (!this.isStopping) {
        const now = this.clock.now();
        const mail = await this.outbox.claimDue(now, secondsAfter(now, CLAIM_SECONDS));
        if (mail === null) return;
        // Where one was due there may be more.
        this.wake();
        await this.attempt(mail);
      }
    } catch (error) {
      this.logger.error(`The outbox can not be worked on: ${(error as Error).message}`);
    }
  }

  private async attempt(mail: ClaimedMail): Promise<void> {
    const controller = new AbortController();
    const deadline = setTimeout(() => controller.abort(new Error('It took too long')), LONGEST_ATTEMPT_MS);
    this.attempts.add(controller);
    try {
      await this.delivery.attempt(mail, controller.signal);
    } finally {
      clearTimeout(deadline);
      this.attempts.delete(controller);
    }
  }

  /** Whoever called while all were busy may have come too late for the last look of any. */
  private ended(worker: Promise<void>): void {
    this.workers.delete(worker);
    if (!this.isWanted) return;
    this.isWanted = false;
    this.wake();
  }
}
