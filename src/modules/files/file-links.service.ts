import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf, readCursor, type PageQuery } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { FileLinkErrors } from './file-links.errors.js';
import {
  CreatedFileLinkDto,
  FileLinkDto,
  type CreateFileLinkDto,
  type FileLinkPageDto,
} from './file-links.dto.js';
import { FileLinksRepository } from './file-links.repository.js';
import { FileLinkMint } from './file-link-mint.js';
import { FilesService } from './files.service.js';
import { reachOf } from './owner.js';
import './file-links.events.js';

/** Links to files, as those see them who may share the file. */
@Injectable()
export class FileLinksService {
  constructor(
    private readonly files: FilesService,
    private readonly links: FileLinksRepository,
    private readonly mint: FileLinkMint,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 404. */
  async create(actor: Actor, fileId: string, request: CreateFileLinkDto): Promise<CreatedFileLinkDto> {
    const { link, url } = await this.mint.make(actor, {
      fileId,
      version: request.version ?? null,
      seconds: request.expires_in_seconds ?? null,
      maxUses: request.max_uses ?? null,
      ip: request.ip ?? null,
      disposition: request.disposition,
    });
    return CreatedFileLinkDto.with(link, url);
  }

  /** Those that still work. @throws AppError 404. */
  async list(actor: Actor, fileId: string, { limit, cursor }: PageQuery): Promise<FileLinkPageDto> {
    await this.files.mustFind(actor, fileId);
    const before = readCursor(cursor)?.id ?? MAX_ID;
    const rows = await this.links.list(fileId, this.clock.now(), before, limit + 1);
    return pageOf(rows, limit, (row) => FileLinkDto.of(row));
  }

  /** Effective at once here, and within a second on every other replica. @throws AppError 404. */
  async revoke(actor: Actor, fileId: string, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (!(await this.links.remove(reachOf(actor), fileId, id))) throw FileLinkErrors.notFound(id);
      const file = { id: fileId, organizationId: actor.organizationId };
      this.events.emit('file-link.revoked', { actor, file, linkId: id });
    });
  }
}
