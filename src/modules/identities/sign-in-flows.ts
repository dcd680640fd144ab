import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { randomSecret } from '../../common/crypto/secrets.js';
import { OneTimeTokens } from '../../common/one-time-tokens/one-time-tokens.js';
import { AppConfig } from '../../config/config.js';
import { FLOW_SECONDS } from './browser-binding.js';
import type { BeginQuery } from './identities.dto.js';
import { IdentityErrors } from './identities.errors.js';
import { asked } from './providers/asked.js';
import type { Attempt, Provider } from './providers/provider.js';
import { Redirects } from './redirects.js';

const PURPOSE = 'oauth-state';

/** What is remembered, sealed, while the browser is at the issuer. */
export interface Flow {
  readonly provider: string;
  readonly redirectUri: string;
  readonly session: 'cookie' | null;
  /** Digest of the browser's secret. */
  readonly browser: string;
  readonly challenge: string | null;
  /** Whose account it is to be linked to; null for a sign-in. */
  readonly linkTo: string | null;
  readonly nonce: string;
  readonly verifier: string;
}

/** A sign-in elsewhere from its begin until the browser is back: at most ten minutes, once, on any replica. */
@Injectable()
export class SignInFlows {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly redirects: Redirects,
    private readonly app: AppConfig,
  ) {}

  /** Where a browser begins. */
  beginUrl({ name }: Provider): string {
    return this.ownUrl(name);
  }

  /**
   * @param actor who wants to link an account; null for a sign-in.
   * @returns where the browser goes.
   * @throws AppError 400 `redirect_uri_refused`, 502 `provider_unavailable`.
   */
  async begin(
    provider: Provider,
    query: BeginQuery,
    browser: string,
    actor: Actor | null = null,
  ): Promise<string> {
    const flow: Flow = {
      provider: provider.name,
      redirectUri: this.redirects.mustAllow(query.redirect_uri).href,
      session: query.session ?? null,
      browser,
      challenge: query.code_challenge ?? null,
      linkTo: actor?.userId ?? null,
      nonce: randomSecret(),
      verifier: randomSecret(),
    };
    const state = await this.tokens.issue({
      purpose: PURPOSE,
      subject: actor === null ? 'browser' : subjectOf(actor.credentialId),
      organizationId: actor?.organizationId ?? null,
      seconds: FLOW_SECONDS,
      data: flow,
    });
    return asked(provider.displayName, () => provider.authorizeUrl(this.attempt(flow, state)));
  }

  /** @throws AppError 400 `sign_in_state_refused` for a state that is not this browser's, late, used or of another provider. */
  async resume(provider: Provider, state: string, browser: string | null): Promise<Flow> {
    const redeemed = await this.tokens.redeem<Flow>(PURPOSE, state);
    if (redeemed === null || browser === null) throw IdentityErrors.stateRefused();
    const { data: flow } = redeemed;
    if (flow.browser !== browser || flow.provider !== provider.name) throw IdentityErrors.stateRefused();
    return flow;
  }

  attempt({ provider, nonce, verifier }: Flow, state: string): Attempt {
    return { callbackUrl: `${this.ownUrl(provider)}/callback`, state, nonce, verifier };
  }

  /** Whoever lost a session must not finish what they began in it. */
  async abandon(sessionId: string): Promise<void> {
    await this.tokens.revokeAll(PURPOSE, subjectOf(sessionId));
  }

  private ownUrl(provider: string): string {
    const base = this.app.publicUrl?.href ?? '';
    return `${base.replace(/\/+$/, '')}/api/v1/auth/${provider}`;
  }
}

function subjectOf(sessionId: string): string {
  return `session:${sessionId}`;
}
