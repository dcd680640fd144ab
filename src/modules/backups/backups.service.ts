import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID, newId } from '../../common/crypto/ids.js';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf, readCursor } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { BackupEngines } from './backup-engines.js';
import { continuable } from './backup-families.js';
import { BackupRunner } from './backup-runner.js';
import { BackupDto, type BackupPageDto, type CreateBackupDto, type ListBackupsQuery } from './backups.dto.js';
import { BackupErrors } from './backups.errors.js';
import './backups.events.js';
import { BackupsRepository, type BackupRow } from './backups.repository.js';

/** What people do with backups. All work is queued: an answer does not wait for a store. */
@Injectable()
export class BackupsService {
  constructor(
    private readonly backups: BackupsRepository,
    private readonly engines: BackupEngines,
    private readonly runner: BackupRunner,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 400; 409 `backup_tools_missing`, `backup_no_full`. */
  async create(actor: Actor, { kind, engine }: CreateBackupDto): Promise<BackupDto> {
    if (engine !== undefined && this.engines.named(engine) !== null && !this.engines.canMake(kind, engine))
      throw CommonErrors.validation([{ field: 'engine', message: `makes no ${kind} backups` }]);
    const { name } = await this.engines.choose(kind, engine);
    if (kind === 'incremental' && continuable(await this.backups.all(), name) === null)
      throw BackupErrors.noFull(name);
    return this.unitOfWork.run(async () => {
      const order = { id: newId(), kind, engine: name, trigger: 'person', now: this.clock.now() } as const;
      const row = await this.backups.insert({ ...order, requested_by: actor.userId });
      this.events.emit('backup.requested', { actor, backup: row });
      await this.wakeAfterwards();
      return this.shown(row);
    });
  }

  async list({ limit, cursor, kind, status }: ListBackupsQuery): Promise<BackupPageDto> {
    const filter = { kind: kind ?? null, status: status ?? null };
    const rows = await this.backups.list(filter, readCursor(cursor)?.id ?? MAX_ID, limit + 1);
    return pageOf(rows, limit, (row) => this.shown(row));
  }

  /** @throws AppError 404. */
  async get(id: string): Promise<BackupDto> {
    const row = await this.backups.find(id);
    if (row === null) throw BackupErrors.notFound(id);
    return this.shown(row);
  }

  /** @throws AppError 404; 409 `backup_busy`, `backup_not_made`. */
  async verify(actor: Actor, id: string): Promise<BackupDto> {
    return this.unitOfWork.run(async () => {
      const row = await this.locked(id);
      if (isBusy(row) || row.verification === 'queued') throw BackupErrors.busy(id);
      if (row.status !== 'good' && row.status !== 'damaged') throw BackupErrors.notMade(id, row.status);
      await this.backups.queueVerification(id, this.clock.now());
      this.events.emit('backup.verification-requested', { actor, backup: row });
      await this.wakeAfterwards();
      return this.shown({ ...row, verification: 'queued', attempts: 0 });
    });
  }

  /** @throws AppError 404; 409 `backup_busy`, `backup_newest_verified`, `backup_continued`. */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const row = await this.locked(id);
      if (isBusy(row)) throw BackupErrors.busy(id);
      if ((await this.backups.newestVerified())?.id === id) throw BackupErrors.newestVerified(id);
      const continuedBy = await this.backups.continuedBy(id);
      if (continuedBy.length > 0) throw BackupErrors.continued(id, continuedBy);
      await this.backups.beginDeletion(id, this.clock.now());
      this.events.emit('backup.deleted', { actor, backup: row });
      await this.wakeAfterwards();
    });
  }

  private async locked(id: string): Promise<BackupRow> {
    const row = await this.backups.findForUpdate(id);
    if (row === null) throw BackupErrors.notFound(id);
    return row;
  }

  private wakeAfterwards(): Promise<void> {
    return this.unitOfWork.afterCommit(() => this.runner.wake());
  }

  private shown(row: BackupRow): BackupDto {
    return BackupDto.of(row, this.clock.now());
  }
}

/** Whether somebody has it in hand right now. */
function isBusy({ status, verification, replica }: BackupRow): boolean {
  return [status, verification, replica].includes('running');
}
