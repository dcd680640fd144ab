import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { Clock } from '../../common/time/clock.js';
import { BackupRetention } from './backup-retention.js';
import { BackupSteps, PAUSES_SECONDS } from './backup-steps.js';
import { BackupWorkRepository } from './backup-work.repository.js';

/**
 * Works the queue off, one step of one backup at a time over all replicas: whoever has
 * the lock of the job works, the others look again a minute later. A process that is
 * to end gives its step up, which is done again by whoever comes next.
 */
@Injectable()
export class BackupRunner implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly runs = new Set<Promise<unknown>>();
  /** How often somebody asked: whoever came too late for the last look has one more. */
  private wakes = 0;
  private isWorking = false;

  constructor(
    private readonly work: BackupWorkRepository,
    private readonly steps: BackupSteps,
    private readonly retention: BackupRetention,
    private readonly singleRun: SingleRun,
    private readonly cls: ClsService,
    private readonly clock: Clock,
  ) {}

  /** Has the queue looked at. Returns at once and never fails. */
  wake(): void {
    if (this.stopping.signal.aborted) return;
    this.wakes++;
    if (this.isWorking) return;
    // Outside the request that woke us: a backup is of every organisation.
    void this.noted(this.cls.exit(() => this.singleRun.run('backups.work', (lost) => this.drain(lost))));
  }

  /** Under the job's lock. @param lost the lock. */
  drain(lost: AbortSignal): Promise<void> {
    return this.noted(this.workOff(AbortSignal.any([lost, this.stopping.signal])));
  }

  /** Resolves when nothing is being done. */
  async idle(): Promise<void> {
    while (this.runs.size > 0) await Promise.allSettled(this.runs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The process ends'));
    await this.idle();
  }

  private noted<T>(work: Promise<T>): Promise<T> {
    const run = work.finally(() => this.runs.delete(run));
    this.runs.add(run);
    return run;
  }

  private async workOff(signal: AbortSignal): Promise<void> {
    this.isWorking = true;
    try {
      // Whoever was at work before us is gone: the lock is ours.
      await this.work.requeueAbandoned(this.clock.now(), PAUSES_SECONDS);
      let seen: number;
      do {
        seen = this.wakes;
        await this.takeSteps(signal);
      } while (seen !== this.wakes && !signal.aborted);
    } finally {
      this.isWorking = false;
    }
  }

  private async takeSteps(signal: AbortSignal): Promise<void> {
    let isAnyTaken = false;
    while (!signal.aborted) {
      const next = await this.work.next(this.clock.now());
      if (next !== null) {
        await this.steps.take(next, signal);
        isAnyTaken = true;
      } else if (!isAnyTaken || (await this.retention.retire()) === 0) return;
      else isAnyTaken = false;
    }
  }
}
