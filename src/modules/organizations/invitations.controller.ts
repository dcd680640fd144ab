import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor, Public } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { PageQuery } from '../../common/pagination/pagination.js';
import { RateLimited } from '../../common/rate-limits/rate-limit.decorator.js';
import { TokensDto } from '../auth/auth.dto.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import {
  AcceptInvitationDto,
  CreateInvitationDto,
  InvitationDto,
  InvitationPageDto,
} from './invitations.dto.js';
import { InvitationsService } from './invitations.service.js';

@ApiTags('Invitations')
@Controller('organizations/invitations')
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly acceptance: InvitationAcceptanceService,
  ) {}

  @Post()
  @Access('users:manage')
  @ApiOperation({ summary: 'Invite somebody into the organisation, by mail' })
  @Returns(201, InvitationDto, [400, 404, 409, 413, 415])
  create(@CurrentActor() actor: Actor, @Body() request: CreateInvitationDto): Promise<InvitationDto> {
    return this.invitations.create(actor, request);
  }

  @Get()
  @Access('users:manage')
  @ApiOperation({ summary: 'List the invitations that are open, newest first' })
  @Returns(200, InvitationPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<InvitationPageDto> {
    return this.invitations.list(actor, query);
  }

  @Delete(':id')
  @Access('users:manage')
  @ApiOperation({ summary: 'Take an invitation back' })
  @Returns(204, null, [404])
  revoke(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.invitations.revoke(actor, id);
  }

  @Post('accept')
  @Public()
  @RateLimited('register')
  @ApiOperation({ summary: 'Accept an invitation: makes the account and signs in' })
  @Returns(201, TokensDto, [400, 409, 413, 415, 503])
  accept(@Body() request: AcceptInvitationDto): Promise<TokensDto> {
    return this.acceptance.accept(request);
  }
}
