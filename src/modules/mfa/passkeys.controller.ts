import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { CreatedPasskeyDto, CreatePasskeyDto, PasskeysDto, WebAuthnOptionsDto } from './passkeys.dto.js';
import { PasskeysService } from './passkeys.service.js';

@ApiTags('Second factors')
@Controller('auth/mfa/passkeys')
export class PasskeysController {
  constructor(private readonly passkeys: PasskeysService) {}

  @Post('options')
  @Access('profile:write', 'session', { fresh: true })
  @ApiOperation({ summary: 'Ask for what the browser needs to make a passkey' })
  @Returns(200, WebAuthnOptionsDto)
  async options(@CurrentActor() actor: Actor): Promise<WebAuthnOptionsDto> {
    return { options: await this.passkeys.options(actor) };
  }

  @Post()
  @Access('profile:write', 'session', { fresh: true })
  @ApiOperation({ summary: 'Add the passkey that the browser made' })
  @Returns(201, CreatedPasskeyDto, [400, 409, 413, 415])
  add(@CurrentActor() actor: Actor, @Body() request: CreatePasskeyDto): Promise<CreatedPasskeyDto> {
    return this.passkeys.add(actor, request);
  }

  @Get()
  @Access('profile:read', 'session')
  @ApiOperation({ summary: 'List one’s passkeys, newest first' })
  @Returns(200, PasskeysDto)
  list(@CurrentActor() actor: Actor): Promise<PasskeysDto> {
    return this.passkeys.list(actor);
  }

  @Delete(':id')
  @Access('profile:write', 'session', { fresh: true })
  @ApiOperation({ summary: 'Remove a passkey' })
  @Returns(204, null, [404, 409])
  remove(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.passkeys.remove(actor, id);
  }
}
