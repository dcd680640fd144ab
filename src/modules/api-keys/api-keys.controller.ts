import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { PageQuery } from '../../common/pagination/pagination.js';
import {
  ApiKeyDto,
  ApiKeyPageDto,
  CreateApiKeyDto,
  CreatedApiKeyDto,
  RotateApiKeyDto,
  UpdateApiKeyDto,
} from './api-keys.dto.js';
import { ApiKeysService } from './api-keys.service.js';

@ApiTags('API keys')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeysService) {}

  @Post()
  @Access('api-keys:write', 'any', { fresh: true })
  @ApiOperation({ summary: 'Make a key for a service; it is shown this once' })
  @Returns(201, CreatedApiKeyDto, [400, 409, 413, 415])
  create(@CurrentActor() actor: Actor, @Body() request: CreateApiKeyDto): Promise<CreatedApiKeyDto> {
    return this.apiKeys.create(actor, request);
  }

  @Get()
  @Access('api-keys:read')
  @ApiOperation({ summary: 'List the organisation’s keys, newest first' })
  @Returns(200, ApiKeyPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<ApiKeyPageDto> {
    return this.apiKeys.list(actor, query);
  }

  @Get(':id')
  @Access('api-keys:read')
  @ApiOperation({ summary: 'Read what a key may do and how it is used' })
  @Returns(200, ApiKeyDto, [404])
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<ApiKeyDto> {
    return this.apiKeys.get(actor, id);
  }

  @Patch(':id')
  @Access('api-keys:write')
  @ApiOperation({ summary: 'Change what a key may do, from where, how often and until when' })
  @Returns(200, ApiKeyDto, [400, 404, 413, 415])
  update(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() changes: UpdateApiKeyDto,
  ): Promise<ApiKeyDto> {
    return this.apiKeys.update(actor, id, changes);
  }

  @Post(':id/rotate')
  @Access('api-keys:write', 'any', { fresh: true })
  @ApiOperation({ summary: 'Give a key a new secret; the old one works on for the grace asked for' })
  @Returns(200, CreatedApiKeyDto, [400, 404, 413, 415])
  rotate(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() { grace_seconds: graceSeconds }: RotateApiKeyDto,
  ): Promise<CreatedApiKeyDto> {
    return this.apiKeys.rotate(actor, id, graceSeconds);
  }

  @Delete(':id')
  @Access('api-keys:write')
  @ApiOperation({ summary: 'Revoke a key, and whatever it made; on every replica at once' })
  @Returns(204, null, [404])
  revoke(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.apiKeys.revoke(actor, id);
  }
}
