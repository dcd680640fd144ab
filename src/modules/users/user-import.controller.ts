import { Controller, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { ImportedUserDto, ImportReportDto, ImportUsersQuery } from './user-import.dto.js';
import { UserImportService } from './user-import.service.js';

@ApiTags('Users')
@ApiExtraModels(ImportedUserDto)
@Controller('users/import')
export class UserImportController {
  constructor(private readonly imports: UserImportService) {}

  @Post()
  @Access('users:manage')
  @ApiOperation({ summary: 'Bring in users from another system, with the hashes of their passwords' })
  @ApiConsumes('application/x-ndjson')
  @ApiBody({ schema: { type: 'string', description: 'An `ImportedUserDto` a line, up to 8 KiB each.' } })
  @Returns(200, ImportReportDto, [400, 413, 415, 503])
  import(
    @CurrentActor() actor: Actor,
    @Query() query: ImportUsersQuery,
    @Req() request: Request,
  ): Promise<ImportReportDto> {
    return this.imports.import(actor, query, request);
  }
}
