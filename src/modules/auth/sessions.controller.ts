import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { AccountService } from './account.service.js';
import { SessionsDto } from './auth.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Sessions')
@Controller('auth/sessions')
export class SessionsController {
  constructor(
    private readonly account: AccountService,
    private readonly sessions: SessionsService,
  ) {}

  @Get()
  @Access('profile:read')
  @ApiOperation({ summary: 'List where one is signed in' })
  @Returns(200, SessionsDto)
  list(@CurrentActor() actor: Actor): Promise<SessionsDto> {
    return this.account.listSessions(actor);
  }

  @Delete(':id')
  @Access('profile:write', 'session')
  @ApiOperation({ summary: 'Sign out somewhere else, or here' })
  @Returns(204, null, [404])
  revoke(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.sessions.revoke(actor, id);
  }
}
