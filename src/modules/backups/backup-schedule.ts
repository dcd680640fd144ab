import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { BackupEngines } from './backup-engines.js';
import { continuable } from './backup-families.js';
import { BackupRunner } from './backup-runner.js';
import type { BackupEngineName, BackupKind } from './backup-manifest.js';
import './backups.events.js';
import { BackupsRepository } from './backups.repository.js';

/** Asks for backups without anybody asking; one of a kind at a time. */
@Injectable()
export class BackupSchedule {
  constructor(
    private readonly backups: BackupsRepository,
    private readonly engines: BackupEngines,
    private readonly runner: BackupRunner,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `backup_tools_missing`. */
  async full(): Promise<void> {
    const { name } = await this.engines.choose('full');
    await this.enqueue('full', name);
  }

  /** Nothing, where no engine is set up for it; a full one, where there is none to continue. */
  async incremental(): Promise<void> {
    const engine = await this.engines.choose('incremental').catch(() => null);
    if (engine === null) return;
    const parent = continuable(await this.backups.all(), engine.name);
    await this.enqueue(parent === null ? 'full' : 'incremental', engine.name);
  }

  private async enqueue(kind: BackupKind, engine: BackupEngineName): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (await this.backups.isScheduledWaiting(kind)) return;
      const order = { id: newId(), kind, engine, trigger: 'schedule', requested_by: null } as const;
      const backup = await this.backups.insert({ ...order, now: this.clock.now() });
      this.events.emit('backup.requested', { actor: null, backup });
      await this.unitOfWork.afterCommit(() => this.runner.wake());
    });
  }
}
