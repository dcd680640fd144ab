import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor, Public } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { PageQuery } from '../../common/pagination/pagination.js';
import { RateLimited } from '../../common/rate-limits/rate-limit.decorator.js';
import { CredentialRevocation } from './credential-revocation.js';
import {
  CreatedPersonalTokenDto,
  CreatePersonalTokenDto,
  PersonalTokenPageDto,
  RevokeTokenDto,
} from './personal-tokens.dto.js';
import { PersonalTokensService } from './personal-tokens.service.js';

@ApiTags('Personal access tokens')
@Controller('auth/tokens')
export class PersonalTokensController {
  constructor(
    private readonly tokens: PersonalTokensService,
    private readonly revocation: CredentialRevocation,
  ) {}

  @Post()
  @Access('tokens:write', 'person', { fresh: true })
  @ApiOperation({ summary: 'Make a token for a script or tool of one’s own; it is shown this once' })
  @Returns(201, CreatedPersonalTokenDto, [400, 409, 413, 415])
  create(
    @CurrentActor() actor: Actor,
    @Body() request: CreatePersonalTokenDto,
  ): Promise<CreatedPersonalTokenDto> {
    return this.tokens.create(actor, request);
  }

  @Get()
  @Access('profile:read', 'person')
  @ApiOperation({ summary: 'List one’s tokens, newest first' })
  @Returns(200, PersonalTokenPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<PersonalTokenPageDto> {
    return this.tokens.list(actor, query);
  }

  @Delete(':id')
  @Access('tokens:write', 'person')
  @ApiOperation({ summary: 'Revoke a token, and whatever it made; on every replica at once' })
  @Returns(204, null, [404])
  revoke(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.tokens.revoke(actor, id);
  }

  @Post('revoke')
  @Public()
  @RateLimited('revoke')
  @ApiOperation({ summary: 'Revoke a token or key found where it should not be, by presenting it' })
  @Returns(204, null, [400, 413, 415])
  revokePresented(@Body() { token }: RevokeTokenDto): Promise<void> {
    return this.revocation.revokePresented(token);
  }
}
