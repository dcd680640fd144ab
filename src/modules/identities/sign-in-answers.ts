import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Actor } from '../../common/access/actor.js';
import type { BrowserSessionDto, TokensDto } from '../auth/auth.dto.js';
import { BrowserBinding } from './browser-binding.js';
import type { MfaRequiredDto } from '../auth/second-factor.dto.js';
import { ExchangeService } from './exchange.service.js';
import { ExternalSignInService } from './external-sign-in.service.js';
import type { BeginQuery, ExchangeDto, LinkDto, LinkStartedDto, ProvidersDto } from './identities.dto.js';
import { Providers } from './providers/providers.js';
import { SignInFlows } from './sign-in-flows.js';

/** As Nest's `@Redirect()` takes it. */
export interface Redirection {
  readonly url: string;
  readonly statusCode: 302;
}

/** Sign-in elsewhere where an answer has cookies or a redirect besides its body. */
@Injectable()
export class SignInAnswers {
  constructor(
    private readonly providers: Providers,
    private readonly flows: SignInFlows,
    private readonly signIn: ExternalSignInService,
    private readonly exchanges: ExchangeService,
    private readonly browsers: BrowserBinding,
  ) {}

  list(): ProvidersDto {
    const items = this.providers.all.map((provider) => ({
      name: provider.name,
      display_name: provider.displayName,
      authorize_url: this.flows.beginUrl(provider),
    }));
    return { items, next_cursor: null };
  }

  async begin(name: string, query: BeginQuery, request: Request, response: Response): Promise<Redirection> {
    const provider = this.providers.mustFind(name);
    const url = await this.flows.begin(provider, query, this.browsers.bind(request, response));
    return { url, statusCode: 302 };
  }

  async beginLink(
    actor: Actor,
    body: LinkDto,
    request: Request,
    response: Response,
  ): Promise<LinkStartedDto> {
    const provider = this.providers.mustFind(body.provider);
    const browser = this.browsers.bind(request, response);
    return { authorize_url: await this.flows.begin(provider, body, browser, actor) };
  }

  async finish(name: string, request: Request): Promise<Redirection> {
    const provider = this.providers.mustFind(name);
    return { url: await this.signIn.finish(provider, request, this.browsers.of(request)), statusCode: 302 };
  }

  exchange(
    body: ExchangeDto,
    request: Request,
    response: Response,
  ): Promise<TokensDto | BrowserSessionDto | MfaRequiredDto> {
    const presented = { code: body.code, verifier: body.code_verifier, browser: this.browsers.of(request) };
    return this.exchanges.exchange(presented, response);
  }
}
