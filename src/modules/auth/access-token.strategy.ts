import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { Authenticator } from '../../common/access/authenticator.js';
import type { Authenticated, CredentialStrategy } from '../../common/access/credential-strategy.js';
import type { PresentedCredential } from '../../common/access/credential.js';
import { runPassportStrategy } from '../../common/access/passport.js';
import { Clock } from '../../common/time/clock.js';
import { AccessTokens, type AccessTokenClaims } from './access-tokens.js';
import { sessionPrincipal } from './session-principal.js';
import { SessionsRepository } from './sessions.repository.js';

type Verifier = (
  token: string,
  tokens: AccessTokens,
  options: unknown,
  done: (error: unknown, claims?: unknown) => void,
) => void;

/**
 * passport-jwt lets its verifier be replaced; its own knows no EdDSA. What it
 * hands over as the key is our `AccessTokens`, which holds the real ones.
 */
(Strategy as unknown as { JwtVerifier: Verifier }).JwtVerifier = (token, tokens, _options, done) => {
  try {
    done(null, tokens.verify(token));
  } catch (error) {
    done(error);
  }
};

/** Access tokens (JWT): the signature tells who, the session whether still. */
@Injectable()
export class AccessTokenStrategy
  extends PassportStrategy(Strategy, 'access-token')
  implements CredentialStrategy, OnModuleInit
{
  constructor(
    tokens: AccessTokens,
    private readonly sessions: SessionsRepository,
    private readonly authenticator: Authenticator,
    private readonly clock: Clock,
  ) {
    super({
      jwtFromRequest: (request: unknown) => (request as PresentedCredential).token,
      secretOrKeyProvider: (_request, _token, done) => done(null, tokens as never),
    });
  }

  onModuleInit(): void {
    this.authenticator.register(this);
  }

  recognises({ token, via }: PresentedCredential): boolean {
    return via === 'header' && token.startsWith('eyJ') && token.split('.', 4).length === 3;
  }

  authenticateCredential(credential: PresentedCredential): Promise<Authenticated> {
    return runPassportStrategy(this, credential);
  }

  /** Called by Passport with verified claims. */
  async validate({ sid, exp }: AccessTokenClaims & { readonly exp: number }): Promise<Authenticated> {
    return sessionPrincipal(
      await this.sessions.findPrincipalById(sid),
      new Date(exp * 1000),
      this.clock.now(),
    );
  }
}
