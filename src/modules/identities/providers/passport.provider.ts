import type { Strategy } from 'passport';
import type { OAuthSettings } from '../../../config/sign-in-providers.js';
import { authorizeUrlOf, profileOf } from './passport-attempt.js';
import type { Attempt, ExternalPerson, Provider } from './provider.js';

/** What every Passport strategy for OAuth 2 asks for. */
export interface StrategyOptions {
  readonly clientID: string;
  readonly clientSecret: string;
  readonly callbackURL: string;
  readonly authorizationURL: string;
  readonly tokenURL: string;
  readonly userProfileURL: string;
}

/** A provider whose ways a Passport strategy knows; `Profile` is what it tells of a person. */
export abstract class PassportProvider<Profile> implements Provider {
  readonly name: string;
  readonly displayName: string;

  constructor(private readonly settings: OAuthSettings) {
    this.name = settings.name;
    this.displayName = settings.displayName;
  }

  async authorizeUrl(attempt: Attempt): Promise<string> {
    return authorizeUrlOf(await this.strategyFor(attempt), attempt);
  }

  async person(answer: URLSearchParams, attempt: Attempt): Promise<ExternalPerson> {
    return this.personOf(await profileOf<Profile>(await this.strategyFor(attempt), answer, attempt));
  }

  /** A new one for each attempt, which changes it. */
  protected abstract strategy(options: StrategyOptions): Promise<Strategy>;

  protected abstract personOf(profile: Profile): ExternalPerson;

  private strategyFor({ callbackUrl }: Attempt): Promise<Strategy> {
    const { clientId, clientSecret, authorizeUrl, tokenUrl, userinfoUrl } = this.settings;
    return this.strategy({
      clientID: clientId,
      clientSecret,
      callbackURL: callbackUrl,
      authorizationURL: authorizeUrl,
      tokenURL: tokenUrl,
      userProfileURL: userinfoUrl,
    });
  }
}
