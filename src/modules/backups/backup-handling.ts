import { Injectable } from '@nestjs/common';
import { BackupChecking } from './backup-checking.js';
import { BackupCopying } from './backup-copying.js';
import { BackupMaking } from './backup-making.js';
import { BackupOutcomes } from './backup-outcomes.js';
import { BackupRemoval } from './backup-removal.js';
import { BackupWorkRepository, type BackupStep } from './backup-work.repository.js';
import { BackupErrors } from './backups.errors.js';
import type { BackupRow } from './backups.repository.js';

/** How often the table is told how far a backup is. */
const TELL_EVERY_MS = 2_000;

/** What each step is. */
@Injectable()
export class BackupHandling {
  constructor(
    private readonly making: BackupMaking,
    private readonly checking: BackupChecking,
    private readonly copying: BackupCopying,
    private readonly removal: BackupRemoval,
    private readonly work: BackupWorkRepository,
    private readonly outcomes: BackupOutcomes,
  ) {}

  async handle(row: BackupRow, step: BackupStep, mostAttempts: number, signal: AbortSignal): Promise<void> {
    if (step === 'delete') return this.delete(row);
    if (step === 'make') return this.make(row, mostAttempts, signal);
    if (row.attempts > mostAttempts)
      throw BackupErrors.failed(`The server died over it ${mostAttempts} times.`);
    await (step === 'verify' ? this.verify(row, signal) : this.copy(row, signal));
  }

  private async make(row: BackupRow, mostAttempts: number, signal: AbortSignal): Promise<void> {
    const found = await this.making.made(row.id);
    if (found === null && row.attempts > mostAttempts) {
      await this.removal.remove(row);
      throw BackupErrors.failed(`The server died over it ${mostAttempts} times.`);
    }
    const lost = new AbortController();
    const options = { signal: AbortSignal.any([signal, lost.signal]), onProgress: this.telling(row, lost) };
    await this.outcomes.made(row, found ?? (await this.making.make(row, options)));
  }

  private async verify(row: BackupRow, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const { ok, words } = await this.checking.check(row.id, signal);
    signal.throwIfAborted();
    await this.outcomes.verified(row, { ok, words, seconds: (performance.now() - began) / 1000 });
  }

  private async copy(row: BackupRow, signal: AbortSignal): Promise<void> {
    await this.outcomes.copied(row, await this.copying.copy(row.id, signal));
  }

  private async delete(row: BackupRow): Promise<void> {
    await this.removal.remove(row);
    await this.work.remove(row.id);
  }

  /** Whoever finds that another has taken over stops at once. */
  private telling(row: BackupRow, lost: AbortController): (bytes: number) => void {
    let last = -Infinity;
    return (bytes) => {
      if (performance.now() - last < TELL_EVERY_MS) return;
      last = performance.now();
      void this.work.tellProgress(row, bytes).then(
        (isOurs) => isOurs || lost.abort(BackupErrors.failed('Another process has taken it over.')),
        () => undefined,
      );
    };
  }
}
