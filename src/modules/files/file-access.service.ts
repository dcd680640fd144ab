import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { isId } from '../../common/crypto/ids.js';
import { pageBy, readPosition } from '../../common/pagination/pagination.js';
import { FileAccessDto, type FileAccessPageDto, type ListFileAccessQuery } from './file-access.dto.js';
import {
  FileAccessRepository,
  type FileAccessPosition,
  type FileAccessRow,
} from './file-access.repository.js';

/** Reading who had which file of the organisation in hand. */
@Injectable()
export class FileAccessService {
  constructor(private readonly accesses: FileAccessRepository) {}

  async list(actor: Actor, { limit, cursor, ...filters }: ListFileAccessQuery): Promise<FileAccessPageDto> {
    const rows = await this.accesses.list(actor.organizationId, filters, positionIn(cursor), limit + 1);
    return pageBy(rows, limit, positionOf, (row) => FileAccessDto.of(row));
  }
}

function positionOf({ created_at, id }: FileAccessRow): string {
  return `${created_at.getTime()}:${id}`;
}

function positionIn(cursor: string | undefined): FileAccessPosition | null {
  const position = readPosition(cursor, (text) => /^\d{1,15}:/.test(text) && isId(text.split(':')[1] ?? ''));
  if (position === null) return null;
  const [time = '', id = ''] = position.split(':');
  return { createdAt: new Date(Number(time)), id };
}
