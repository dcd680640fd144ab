import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID } from '../../common/crypto/ids.js';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf, readCursor } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { accessOf, FileAccessLog } from './file-access-log.js';
import { cleanFileName } from './file-name.js';
import { FileDto, type FilePageDto, type ListFilesQuery, type UpdateFileDto } from './files.dto.js';
import { FileErrors } from './files.errors.js';
import { fileRef } from './files.events.js';
import { FilesRepository, type FileChanges, type FileRow } from './files.repository.js';
import { reachOf } from './owner.js';

/** Files as their owners see them, and those who manage all of the organisation's. */
@Injectable()
export class FilesService {
  constructor(
    private readonly files: FilesRepository,
    private readonly accessLog: FileAccessLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, { limit, cursor, ...filters }: ListFilesQuery): Promise<FilePageDto> {
    const before = readCursor(cursor)?.id ?? MAX_ID;
    const rows = await this.files.list(reachOf(actor), filters, before, limit + 1);
    return pageOf(rows, limit, (row) => FileDto.of(row));
  }

  /** @throws AppError 404. */
  async get(actor: Actor, id: string): Promise<FileDto> {
    return FileDto.of(await this.mustFind(actor, id));
  }

  /** Not of what is in the trash. @throws AppError 404. */
  async mustFind(actor: Actor, id: string): Promise<FileRow> {
    const file = await this.files.find(reachOf(actor), id);
    if (file === null) throw FileErrors.notFound(id);
    return file;
  }

  /** @throws AppError 404, 400 for a name of which nothing is left. */
  async update(actor: Actor, id: string, request: UpdateFileDto): Promise<FileDto> {
    const changes = changesOf(request);
    return this.unitOfWork.run(async () => {
      const current = await this.files.lock(reachOf(actor), id);
      if (current?.deleted_at !== null) throw FileErrors.notFound(id);
      const changed = Object.keys(changes);
      if (changed.length === 0) return FileDto.of(current);
      const file = await this.files.update(id, changes, this.clock.now());
      this.events.emit('file.updated', { actor, file: fileRef(current), changed });
      return FileDto.of(file ?? current);
    });
  }

  /** Into the trash, from which it can be restored until it is purged. @throws AppError 404. */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const file = await this.files.lock(reachOf(actor), id);
      if (file?.deleted_at !== null) throw FileErrors.notFound(id);
      const now = this.clock.now();
      await this.files.setDeleted(id, now, now);
      await this.accessLog.write(accessOf('delete', actor, file, 0));
      this.events.emit('file.deleted', { actor, file: fileRef(file) });
    });
  }

  /** @throws AppError 404; 409 `file_not_deleted`. */
  restore(actor: Actor, id: string): Promise<FileDto> {
    return this.unitOfWork.run(async () => {
      const file = await this.files.lock(reachOf(actor), id);
      if (file === null) throw FileErrors.notFound(id);
      if (file.deleted_at === null) throw FileErrors.notDeleted(id);
      const restored = await this.files.setDeleted(id, null, this.clock.now());
      await this.accessLog.write(accessOf('restore', actor, file, 0));
      this.events.emit('file.restored', { actor, file: fileRef(file) });
      return FileDto.of(restored ?? file);
    });
  }
}

/** What was sent, nulls included: those take away. */
function changesOf({ file_name: sent, ...others }: UpdateFileDto): FileChanges {
  const name = sent === undefined ? undefined : cleanFileName(sent);
  if (name === null) throw CommonErrors.validation([{ field: 'file_name', message: 'must be a name' }]);
  return Object.fromEntries(
    Object.entries({ ...others, file_name: name }).filter(([, value]) => value !== undefined),
  );
}
