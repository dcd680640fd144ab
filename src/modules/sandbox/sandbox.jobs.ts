import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression, Interval } from '@nestjs/schedule';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { CloudCleaning } from './cloud-cleaning.js';
import { LogFeeds } from './log-feeds.js';
import { SandboxSessionsRepository } from './sandbox-sessions.repository.js';
import { SessionEndings } from './session-endings.js';

const BATCH = 100;
const LOOK_EVERY_MS = 1_000;
/** Whoever ended a session is cleaning up after it meanwhile. */
const GRACE_SECONDS = 300;

/** Ends sessions whose time is up, and finishes what a process that died has left undone. */
@Injectable()
export class SandboxJobs {
  private readonly logger = new Logger(SandboxJobs.name);
  private isEnding = false;

  constructor(
    private readonly sessions: SandboxSessionsRepository,
    private readonly endings: SessionEndings,
    private readonly cleaning: CloudCleaning,
    private readonly feeds: LogFeeds,
    private readonly singleRun: SingleRun,
    private readonly clock: Clock,
  ) {}

  @Cron(CronExpression.EVERY_5_MINUTES, { name: 'sandbox.expire' })
  async endExpired(): Promise<void> {
    await this.singleRun.run('sandbox.expire', async () => {
      const ended = await this.endAllExpired();
      const cleaned = await this.cleanAll();
      if (ended + cleaned > 0)
        this.logger.log(`Ended ${ended} expired sessions, cleaned up after ${cleaned}`);
    });
  }

  /** Whoever listens to a session hears of its end at its time, not when the job comes round. */
  @Interval(LOOK_EVERY_MS)
  async endThoseListenedTo(): Promise<void> {
    const now = this.clock.now();
    const due = this.feeds.open.filter(
      ({ expiresAt, endReason }) => endReason === null && expiresAt !== null && expiresAt <= now,
    );
    if (this.isEnding || due.length === 0) return;
    this.isEnding = true;
    try {
      for (const { sessionId } of due) await this.end(sessionId);
    } finally {
      this.isEnding = false;
    }
  }

  private async endAllExpired(): Promise<number> {
    let ended = 0;
    for (;;) {
      const due = await this.sessions.listExpired(this.clock.now(), BATCH);
      let ofBatch = 0;
      for (const id of due) if (await this.end(id)) ofBatch++;
      ended += ofBatch;
      // Those that can not be ended now would come again and again.
      if (due.length < BATCH || ofBatch === 0) return ended;
    }
  }

  private async cleanAll(): Promise<number> {
    const left = await this.sessions.listUncleaned(secondsAfter(this.clock.now(), -GRACE_SECONDS), BATCH);
    for (const session of left) await this.cleaning.resume(session);
    return left.length;
  }

  /** One that fails does not keep the others from their end. */
  private async end(id: string): Promise<boolean> {
    try {
      return await this.endings.end(id, 'expired', null);
    } catch (error) {
      this.logger.error(
        `Session ${id} can not be ended: ${(error as Error).message}`,
        (error as Error).stack,
      );
      return false;
    }
  }
}
