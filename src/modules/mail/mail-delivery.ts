import { Injectable, Logger } from '@nestjs/common';
import { inSpan } from '../../telemetry/span.js';
import { Tracing } from '../../telemetry/tracing.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { MailDriver, RefusedForGood } from './drivers/mail-driver.js';
import { describeFault } from './fault.js';
import { Letters } from './letters.js';
import { MailMetrics } from './mail-metrics.js';
import { MailRepository, type ClaimedMail } from './mail.repository.js';
import { isTooOld, retryDelay } from './retry-schedule.js';

const SENDING = { name: 'mail send', kind: 'client' } as const;

/** One attempt at one mail, and what follows from how it ends. */
@Injectable()
export class MailDelivery {
  private readonly logger = new Logger(MailDelivery.name);

  constructor(
    private readonly outbox: MailRepository,
    private readonly letters: Letters,
    private readonly driver: MailDriver,
    private readonly metrics: MailMetrics,
    private readonly clock: Clock,
    private readonly tracing: Tracing,
  ) {}

  /** @param signal aborted when the attempt must end, whatever became of it. */
  attempt(mail: ClaimedMail, signal: AbortSignal): Promise<void> {
    const attributes = { 'cloudkeep.mail.template': mail.template, 'cloudkeep.mail.attempt': mail.attempts };
    return this.tracing.run({ name: 'mail attempt', kind: 'internal', attributes }, () =>
      this.tried(mail, signal),
    );
  }

  private async tried(mail: ClaimedMail, signal: AbortSignal): Promise<void> {
    try {
      const letter = this.letters.write(mail);
      await inSpan(SENDING, () => this.driver.deliver(letter, signal));
    } catch (error) {
      await this.unsent(mail, error, signal);
      return;
    }
    await this.outbox.finish(mail.id, 'sent', this.clock.now(), null);
    this.metrics.count('sent');
  }

  private async unsent(mail: ClaimedMail, error: unknown, signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const fault = describeFault(error);
    const what = `Mail ${mail.id} (${mail.template})`;
    if (error instanceof RefusedForGood || isTooOld(mail.created_at, now)) {
      await this.outbox.finish(mail.id, 'failed', now, fault);
      this.metrics.count('failed');
      this.logger.error(`${what} failed for good at attempt ${mail.attempts}: ${fault}`);
      return;
    }
    // Cut short by our own end it waits for the next start, not for its turn.
    const delay = signal.reason instanceof ShuttingDown ? 0 : retryDelay(mail.attempts);
    await this.outbox.defer(mail, secondsAfter(now, delay), fault);
    this.metrics.count('deferred');
    this.logger.warn(
      `${what} did not leave at attempt ${mail.attempts}, again in ${Math.round(delay)} s: ${fault}`,
    );
  }
}

/** Why attempts under way are cut short when the process ends. */
export class ShuttingDown extends Error {
  override readonly name = 'ShuttingDown';
}
