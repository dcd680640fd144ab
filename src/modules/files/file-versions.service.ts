import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { pageBy, readPosition, type PageQuery } from '../../common/pagination/pagination.js';
import { FileVersionDto, type FileVersionPageDto } from './file-versions.dto.js';
import { FileVersionsRepository } from './file-versions.repository.js';
import { FilesService } from './files.service.js';
import { VERSION_NUMBER } from './version-number.pipe.js';

const BEYOND_ALL = 2_147_483_647;

/** What a file was before. None is lost by an overwrite. */
@Injectable()
export class FileVersionsService {
  constructor(
    private readonly files: FilesService,
    private readonly versions: FileVersionsRepository,
  ) {}

  /** @throws AppError 404. */
  async list(actor: Actor, id: string, { limit, cursor }: PageQuery): Promise<FileVersionPageDto> {
    await this.files.mustFind(actor, id);
    const before = Number(readPosition(cursor, (text) => VERSION_NUMBER.test(text)) ?? BEYOND_ALL);
    const rows = await this.versions.list(id, before, limit + 1);
    return pageBy(
      rows,
      limit,
      (row) => String(row.number),
      (row) => FileVersionDto.of(row),
    );
  }
}
