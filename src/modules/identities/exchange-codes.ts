import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OneTimeTokens } from '../../common/one-time-tokens/one-time-tokens.js';
import type { UserRow } from '../users/users.service.js';
import { IdentityErrors } from './identities.errors.js';
import type { Flow } from './sign-in-flows.js';

const PURPOSE = 'oauth-exchange';
const SECONDS = 60;

interface Grant {
  readonly userId: string;
  readonly session: 'cookie' | null;
  readonly browser: string;
  readonly challenge: string | null;
}

export interface PresentedCode {
  readonly code: string;
  readonly verifier: string | undefined;
  readonly browser: string | null;
}

/** What a redirect carries instead of tokens, which would stay in histories and logs. Part of the caller's unit of work. */
@Injectable()
export class ExchangeCodes {
  constructor(private readonly tokens: OneTimeTokens) {}

  issue({ id: userId, organization_id: organizationId }: UserRow, flow: Flow): Promise<string> {
    const { session, browser, challenge } = flow;
    const data: Grant = { userId, session, browser, challenge };
    return this.tokens.issue({
      purpose: PURPOSE,
      subject: subjectOf(userId),
      organizationId,
      seconds: SECONDS,
      data,
    });
  }

  /** @throws AppError 400 `exchange_code_refused`. */
  async redeem({ code, verifier, browser }: PresentedCode): Promise<Pick<Grant, 'userId' | 'session'>> {
    const redeemed = await this.tokens.redeem<Grant>(PURPOSE, code);
    if (redeemed === null) throw IdentityErrors.exchangeCodeRefused();
    const { data: grant } = redeemed;
    // A cookie goes to the browser that began, and no other; tokens also to an application beside it.
    const isForeign = grant.session === 'cookie' && grant.browser !== browser;
    if (isForeign || challengeOf(verifier) !== grant.challenge) throw IdentityErrors.exchangeCodeRefused();
    return grant;
  }

  async revokeAll(userId: string): Promise<void> {
    await this.tokens.revokeAll(PURPOSE, subjectOf(userId));
  }
}

function challengeOf(verifier: string | undefined): string | null {
  return verifier === undefined ? null : createHash('sha256').update(verifier).digest('base64url');
}

function subjectOf(userId: string): string {
  return `user:${userId}`;
}
