import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID } from '../../common/crypto/ids.js';
import { pageOf, readCursor, type PageQuery } from '../../common/pagination/pagination.js';
import { ArchiveDto, type ArchivePageDto } from './lab-archives.dto.js';
import { LabArchivesRepository } from './lab-archives.repository.js';

/** Experiments that are no longer in the database. */
@Injectable()
export class LabArchivesService {
  constructor(private readonly archives: LabArchivesRepository) {}

  async list({ organizationId }: Actor, { limit, cursor }: PageQuery): Promise<ArchivePageDto> {
    const rows = await this.archives.list(organizationId, readCursor(cursor)?.id ?? MAX_ID, limit + 1);
    return pageOf(rows, limit, (row) => ArchiveDto.of(row));
  }
}
