import { Body, Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { ApiProblem } from '../../common/openapi/api-problem.decorator.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import { IdentitiesDto, LinkDto, LinkStartedDto } from './identities.dto.js';
import { IdentitiesService } from './identities.service.js';
import { SignInAnswers } from './sign-in-answers.js';

@ApiTags('Sign-in with others')
@Controller('auth/identities')
export class IdentitiesController {
  constructor(
    private readonly identities: IdentitiesService,
    private readonly answers: SignInAnswers,
  ) {}

  @Get()
  @Access('profile:read')
  @ApiOperation({ summary: 'List whom one signs in with' })
  @Returns(200, IdentitiesDto)
  list(@CurrentActor() actor: Actor): Promise<IdentitiesDto> {
    return this.identities.list(actor);
  }

  @Post()
  @Access('profile:write', 'session', { fresh: true })
  @ApiOperation({ summary: 'Begin to link another way to sign in; this browser finishes it' })
  @Returns(200, LinkStartedDto, [400, 404, 413, 415])
  @ApiProblem(502, 'The provider does not answer.')
  link(
    @CurrentActor() actor: Actor,
    @Body() body: LinkDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<LinkStartedDto> {
    return this.answers.beginLink(actor, body, request, response);
  }

  @Delete(':id')
  @Access('profile:write', 'session')
  @ApiOperation({ summary: 'Sign in with it no more; the last way in stays' })
  @Returns(204, null, [404, 409])
  unlink(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.identities.unlink(actor, id);
  }
}
