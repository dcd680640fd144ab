import { Controller, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { ImportReportDto, ImportUsersQuery } from './user-import.dto.js';
import { UserImportService } from './user-import.service.js';

const LINES =
  'A JSON object a line, up to 8 KiB each: `{email, username, full_name?, role?, password_hash?, is_active?, email_verified?}`.';

@ApiTags('Users')
@Controller('users/import')
export class UserImportController {
  constructor(private readonly imports: UserImportService) {}

  @Post()
  @Access('users:manage')
  @ApiOperation({ summary: 'Bring in users from another system, with the hashes of their passwords' })
  @ApiConsumes('application/x-ndjson')
  @ApiBody({ schema: { type: 'string', description: LINES } })
  @Returns(200, ImportReportDto, [400, 413, 415, 503])
  import(
    @CurrentActor() actor: Actor,
    @Query() query: ImportUsersQuery,
    @Req() request: Request,
  ): Promise<ImportReportDto> {
    return this.imports.import(actor, query, request);
  }
}
