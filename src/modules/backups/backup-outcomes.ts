import { Injectable } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { asDamage } from './backup-damage.js';
import type { BackupManifest } from './backup-manifest.js';
import { bytesOf } from './backup-manifests.js';
import { BackupMetrics } from './backup-metrics.js';
import { BackupStores } from './backup-stores.js';
import { BackupWorkRepository, type BackupStep, type Fault } from './backup-work.repository.js';
import './backups.events.js';
import type { BackupRow } from './backups.repository.js';

/** Writes down what came of a step, with its event. Nothing, where the attempt is no longer the caller's. */
@Injectable()
export class BackupOutcomes {
  constructor(
    private readonly work: BackupWorkRepository,
    private readonly stores: BackupStores,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly metrics: BackupMetrics,
    private readonly clock: Clock,
  ) {}

  async made(row: BackupRow, manifest: BackupManifest): Promise<void> {
    const replica = this.stores.hasReplica ? 'queued' : 'none';
    await this.settle(
      () => this.work.made(row, manifest, replica),
      () => this.events.emit('backup.finished', { backup: row, bytes: bytesOf(manifest) }),
    );
  }

  async verified(
    row: BackupRow,
    { ok, words, seconds }: { ok: boolean; words: string; seconds: number },
  ): Promise<void> {
    if (!ok) this.metrics.failed('verify');
    await this.settle(
      () => this.work.verified(row, this.clock.now(), { isWhole: ok, seconds, detail: words }),
      () =>
        ok
          ? this.events.emit('backup.verified', { backup: row, seconds })
          : this.events.emit('backup.verification-failed', { backup: row, code: 'backup_damaged' }),
    );
  }

  /** @param isCopied false where there is no second store any more. */
  async copied(row: BackupRow, isCopied: boolean): Promise<void> {
    if (!isCopied) {
      await this.work.copied(row, 'none', null, null);
      return;
    }
    await this.work.copied(row, 'copied', this.clock.now(), null);
    // It is there, perhaps again: what it missed follows.
    await this.work.queueMissedCopies(this.clock.now());
  }

  /** @returns whether it was damage that the copying came upon, and is settled with that. */
  async settleDamage(row: BackupRow, step: BackupStep, error: unknown): Promise<boolean> {
    const damage = step === 'copy' ? asDamage(error) : null;
    if (damage === null) return false;
    const { code, detail } = damage;
    await this.settle(
      () => this.work.damaged(row, { code, detail }),
      () => this.events.emit('backup.replica-failed', { backup: row, code }),
    );
    return true;
  }

  async giveUp(row: BackupRow, step: BackupStep, fault: Fault): Promise<void> {
    const { code, detail } = fault;
    if (step === 'make')
      await this.settle(
        () => this.work.givenUp(row, this.clock.now(), fault),
        () => this.events.emit('backup.failed', { backup: row, code }),
      );
    if (step === 'verify') {
      const outcome = { isWhole: null, seconds: 0, detail: detail ?? code };
      await this.settle(
        () => this.work.verified(row, this.clock.now(), outcome),
        () => this.events.emit('backup.verification-failed', { backup: row, code }),
      );
    }
    if (step === 'copy')
      await this.settle(
        () => this.work.copied(row, 'failed', null, detail ?? code),
        () => this.events.emit('backup.replica-failed', { backup: row, code }),
      );
  }

  private async settle(write: () => Promise<boolean>, tell: () => void): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (await write()) tell();
    });
  }
}
