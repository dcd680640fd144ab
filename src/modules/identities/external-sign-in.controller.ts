import { Body, Controller, Get, Param, Post, Query, Redirect, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../../common/access/access.decorator.js';
import { ApiProblem } from '../../common/openapi/api-problem.decorator.js';
import { Returns, ReturnsOneOf } from '../../common/openapi/returns.decorator.js';
import { MfaRequiredDto } from '../auth/second-factor.dto.js';
import { BrowserSessionDto, TokensDto } from '../auth/auth.dto.js';
import { BeginQuery, ExchangeDto, ProvidersDto } from './identities.dto.js';
import { SignInAnswers, type Redirection } from './sign-in-answers.js';

@ApiTags('Sign-in with others')
@ApiExtraModels(TokensDto, BrowserSessionDto, MfaRequiredDto)
@Controller('auth')
export class ExternalSignInController {
  constructor(private readonly answers: SignInAnswers) {}

  @Get('providers')
  @Public()
  @ApiOperation({ summary: 'List whom people may sign in with' })
  @Returns(200, ProvidersDto)
  providers(): ProvidersDto {
    return this.answers.list();
  }

  @Post('exchange')
  @Public()
  @ApiOperation({ summary: 'Exchange the code of a redirect for tokens, or for the session cookie' })
  @ReturnsOneOf(200, [TokensDto, BrowserSessionDto, MfaRequiredDto], [400, 413, 415])
  @ApiProblem(403, 'The account is deactivated.')
  exchange(
    @Body() body: ExchangeDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto | BrowserSessionDto | MfaRequiredDto> {
    return this.answers.exchange(body, request, response);
  }

  @Get(':provider')
  @Public()
  @Redirect()
  @ApiOperation({ summary: 'Begin to sign in with another: sends the browser there' })
  @Returns(302, null, [400, 404])
  @ApiProblem(502, 'The provider does not answer.')
  begin(
    @Param('provider') provider: string,
    @Query() query: BeginQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Redirection> {
    return this.answers.begin(provider, query, request, response);
  }

  @Get(':provider/callback')
  @Public()
  @Redirect()
  @ApiOperation({ summary: 'Where a provider sends the browser back: on with a code, or with an error' })
  @Returns(302, null, [400, 404])
  callback(@Param('provider') provider: string, @Req() request: Request): Promise<Redirection> {
    return this.answers.finish(provider, request);
  }
}
