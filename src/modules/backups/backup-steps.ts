import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { errorCodeOf } from '../../telemetry/error-code.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { BackupHandling } from './backup-handling.js';
import { BackupMetrics } from './backup-metrics.js';
import { BackupOutcomes } from './backup-outcomes.js';
import { BackupWorkRepository, stepOf, type BackupStep, type Fault } from './backup-work.repository.js';
import type { BackupRow } from './backups.repository.js';

/** Until a step is tried again, by how often it was; a step has one more attempt than there are pauses. */
export const PAUSES_SECONDS = [60, 600] as const;
const MOST_ATTEMPTS = PAUSES_SECONDS.length + 1;
/** What is to go must go in the end, however long the store is away. */
const LONGEST_PAUSE_SECONDS = 86_400;

/** Takes a backup one step further, and sees to what becomes of it where that fails. */
@Injectable()
export class BackupSteps {
  private readonly logger = new Logger(BackupSteps.name);

  constructor(
    private readonly handling: BackupHandling,
    private readonly outcomes: BackupOutcomes,
    private readonly work: BackupWorkRepository,
    private readonly metrics: BackupMetrics,
    private readonly clock: Clock,
  ) {}

  /** Never fails but where the database does. */
  async take(waiting: BackupRow, signal: AbortSignal): Promise<void> {
    const step = stepOf(waiting);
    const row = step === null ? null : await this.work.claim(waiting, step, this.clock.now());
    if (step === null || row === null) return;
    try {
      await this.handling.handle(row, step, MOST_ATTEMPTS, signal);
    } catch (error) {
      if (signal.aborted) await this.work.requeue(row, step, this.clock.now(), null, false);
      else await this.failed(row, step, error);
    }
  }

  private async failed(row: BackupRow, step: BackupStep, error: unknown): Promise<void> {
    this.metrics.failed(step);
    const fault = faultOf(error);
    const { message, stack } = error as Error;
    this.logger.error(`Backup ${row.id}: could not ${step} it: ${message}`, stack);
    if (await this.outcomes.settleDamage(row, step, error)) return;
    const pause = pauseAfter(row.attempts, step);
    if (pause === null) await this.outcomes.giveUp(row, step, fault);
    else await this.work.requeue(row, step, secondsAfter(this.clock.now(), pause), fault, true);
  }
}

/** Null where it is not tried again. */
function pauseAfter(attempts: number, step: BackupStep): number | null {
  if (step === 'delete') return Math.min(60 * 2 ** Math.min(attempts - 1, 20), LONGEST_PAUSE_SECONDS);
  return PAUSES_SECONDS[attempts - 1] ?? null;
}

/** An error from elsewhere may hold anything in its message: the log has it. */
function faultOf(error: unknown): Fault {
  return { code: errorCodeOf(error), detail: error instanceof AppError ? error.detail : null };
}
