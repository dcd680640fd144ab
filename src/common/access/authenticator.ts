import { Injectable } from '@nestjs/common';
import { Invalidations } from '../cache/invalidations.js';
import type { PushedCache } from '../cache/pushed-cache.js';
import { AccessErrors } from './access.errors.js';
import { Actor } from './actor.js';
import type { CredentialStrategy } from './credential-strategy.js';
import type { PresentedCredential } from './credential.js';

const MAX_PRINCIPALS = 50_000;
const MAX_AGE_MS = 5 * 60_000;

/**
 * Turns a presented credential into the actor it speaks for. Verified actors are
 * cached by credential and dropped by pushed invalidations, so that a known
 * credential costs neither a query nor a signature check, and a revoked one
 * nothing but a refusal.
 */
@Injectable()
export class Authenticator {
  private readonly strategies: CredentialStrategy[] = [];
  private readonly actors: PushedCache<Actor>;

  constructor(invalidations: Invalidations) {
    this.actors = invalidations.createCache({ max: MAX_PRINCIPALS, maxAge: MAX_AGE_MS });
  }

  register(strategy: CredentialStrategy): void {
    this.strategies.push(strategy);
  }

  /** The actor of a credential verified before, if nothing has put it in doubt since. */
  known(credential: PresentedCredential): Actor | undefined {
    return this.actors.get(cacheKey(credential));
  }

  /** @throws AppError 401 when no strategy accepts the credential. */
  async verify(credential: PresentedCredential): Promise<Actor> {
    const strategy = this.strategies.find((candidate) => candidate.recognises(credential));
    if (strategy === undefined) throw AccessErrors.credentialInvalid();
    return this.actors.load(cacheKey(credential), async () => {
      const { principal, tags } = await strategy.authenticateCredential(credential);
      return { value: new Actor(principal), tags, expiresAt: principal.expiresAt };
    });
  }
}

/**
 * The way it came is part of the key: a cookie's token must not pass as a bearer
 * token. No header value holds a line break, so none can spell a cookie's key.
 */
function cacheKey({ token, via }: PresentedCredential): string {
  return via === 'header' ? token : `cookie\n${token}`;
}
