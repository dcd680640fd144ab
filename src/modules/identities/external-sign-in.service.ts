import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../../common/errors/app-error.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AccountMatching } from './account-matching.js';
import { ExchangeCodes } from './exchange-codes.js';
import { FailureReports } from './failure-reports.js';
import { IdentityErrors } from './identities.errors.js';
import { provenPerson, type ProvenPerson } from './proven-person.js';
import { asked } from './providers/asked.js';
import type { Provider } from './providers/provider.js';
import { Redirects } from './redirects.js';
import { SignInFlows, type Flow } from './sign-in-flows.js';

/** The way back from an issuer. */
@Injectable()
export class ExternalSignInService {
  constructor(
    private readonly flows: SignInFlows,
    private readonly redirects: Redirects,
    private readonly matching: AccountMatching,
    private readonly codes: ExchangeCodes,
    private readonly unitOfWork: UnitOfWork,
    private readonly reports: FailureReports,
  ) {}

  /**
   * @returns the redirect address with a `code` to exchange, `linked` naming the
   *   provider, or our own `error` code: nothing of the issuer's words.
   * @throws AppError 400 for a sign-in that this browser did not begin, or whose redirect is not allowed any more.
   */
  async finish(provider: Provider, { originalUrl }: Request, browser: string | null): Promise<string> {
    const answer = new URLSearchParams(originalUrl.split('?').slice(1).join('?'));
    const states = answer.getAll('state');
    if (states.length !== 1) throw IdentityErrors.stateRefused();
    const state = states[0] ?? '';
    const flow = await this.flows.resume(provider, state, browser);
    // Once more: what is listed may have changed meanwhile.
    const target = this.redirects.mustAllow(flow.redirectUri);
    const [name, value] = await this.outcome(provider, flow, state, answer);
    target.searchParams.set(name, value);
    return target.href;
  }

  private async outcome(
    provider: Provider,
    flow: Flow,
    state: string,
    answer: URLSearchParams,
  ): Promise<[string, string]> {
    try {
      const person = await this.person(provider, flow, state, answer);
      return await this.unitOfWork.run(() => this.admit(flow, person));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.reports.failed(provider.name, error);
      return ['error', error.code];
    }
  }

  private async person(
    provider: Provider,
    flow: Flow,
    state: string,
    answer: URLSearchParams,
  ): Promise<ProvenPerson> {
    const { displayName: name } = provider;
    const error = answer.get('error');
    if (error === 'access_denied') throw IdentityErrors.accessDenied();
    if (error === 'temporarily_unavailable' || error === 'server_error')
      throw IdentityErrors.providerUnavailable(name);
    if (error !== null || answer.getAll('code').length !== 1)
      throw IdentityErrors.providerAnswerRefused(name);
    const told = await asked(name, () => provider.person(answer, this.flows.attempt(flow, state)));
    const person = provenPerson(told);
    if (person === null) throw IdentityErrors.providerAnswerRefused(name);
    return person;
  }

  private async admit(flow: Flow, person: ProvenPerson): Promise<[string, string]> {
    const { provider, linkTo } = flow;
    if (linkTo !== null) {
      await this.matching.link(provider, person, linkTo);
      return ['linked', provider];
    }
    const user = await this.matching.signIn(provider, person);
    return ['code', await this.codes.issue(user, flow)];
  }
}
