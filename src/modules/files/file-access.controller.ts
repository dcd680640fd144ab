import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { FileAccessPageDto, ListFileAccessQuery } from './file-access.dto.js';
import { FileAccessService } from './file-access.service.js';

@ApiTags('Audit')
@Controller('audit/file-access')
export class FileAccessController {
  constructor(private readonly accesses: FileAccessService) {}

  @Get()
  @Access('audit:read')
  @ApiOperation({ summary: 'List who had which file of the organisation in hand, newest first' })
  @Returns(200, FileAccessPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: ListFileAccessQuery): Promise<FileAccessPageDto> {
    return this.accesses.list(actor, query);
  }
}
