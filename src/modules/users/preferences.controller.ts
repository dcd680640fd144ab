import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { PageQuery } from '../../common/pagination/pagination.js';
import { KEY_PARAM, PreferenceKeyPipe } from './preference-key.js';
import { PreferenceDto, PreferencePageDto, PutPreferenceDto } from './preferences.dto.js';
import { PreferencesService } from './preferences.service.js';

@ApiTags('Preferences')
@Controller('users/me/preferences')
export class PreferencesController {
  constructor(private readonly preferences: PreferencesService) {}

  @Get()
  @Access('profile:read')
  @ApiOperation({ summary: 'List one’s preferences by key' })
  @Returns(200, PreferencePageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<PreferencePageDto> {
    return this.preferences.list(actor, query);
  }

  @Put(':key')
  @Access('profile:write')
  @ApiOperation({ summary: 'Set a preference' })
  @ApiParam(KEY_PARAM)
  @Returns(200, PreferenceDto, [400, 404, 409, 413, 415])
  put(
    @CurrentActor() actor: Actor,
    @Param('key', PreferenceKeyPipe) key: string,
    @Body() { value }: PutPreferenceDto,
  ): Promise<PreferenceDto> {
    return this.preferences.put(actor, key, value);
  }

  @Delete(':key')
  @Access('profile:write')
  @ApiOperation({ summary: 'Forget a preference' })
  @ApiParam(KEY_PARAM)
  @Returns(204, null, [400, 404])
  delete(@CurrentActor() actor: Actor, @Param('key', PreferenceKeyPipe) key: string): Promise<void> {
    return this.preferences.delete(actor, key);
  }
}
