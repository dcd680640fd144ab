import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { pageBy, readPosition, type PageQuery } from '../../common/pagination/pagination.js';
import { CollectionDto, type CollectionPageDto } from './file-collections.dto.js';
import { FileCollectionsRepository } from './file-collections.repository.js';
import { COLLECTION } from './files.dto.js';
import { reachOf } from './owner.js';

/** The collections of the files that the caller may see; one is there while a file is in it. */
@Injectable()
export class FileCollectionsService {
  constructor(private readonly collections: FileCollectionsRepository) {}

  async list(actor: Actor, { limit, cursor }: PageQuery): Promise<CollectionPageDto> {
    const after = readPosition(cursor, (text) => COLLECTION.test(text)) ?? '';
    const rows = await this.collections.list(reachOf(actor), after, limit + 1);
    return pageBy(
      rows,
      limit,
      ({ name }) => name,
      (row) => CollectionDto.of(row),
    );
  }
}
