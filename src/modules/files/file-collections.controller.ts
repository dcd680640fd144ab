import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { PageQuery } from '../../common/pagination/pagination.js';
import { CollectionPageDto } from './file-collections.dto.js';
import { FileCollectionsService } from './file-collections.service.js';

@ApiTags('Files')
@Controller('files/collections')
export class FileCollectionsController {
  constructor(private readonly collections: FileCollectionsService) {}

  @Get()
  @Access('files:read')
  @ApiOperation({ summary: 'List the collections that one’s files are in, by name, and how much is in each' })
  @Returns(200, CollectionPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<CollectionPageDto> {
    return this.collections.list(actor, query);
  }
}
