import type { OAuthSettings } from '../../../config/sign-in-providers.js';
import { authorizeUrlOf, profileOf, takeProfile } from './passport-attempt.js';
import type { Attempt, ExternalPerson, Provider } from './provider.js';

/** As Google's userinfo endpoint tells it (OpenID Connect Core section 5.3). */
interface GoogleProfile {
  readonly sub?: unknown;
  readonly email?: unknown;
  readonly email_verified?: unknown;
  readonly name?: unknown;
}

export class GoogleProvider implements Provider {
  readonly name: string;
  readonly displayName: string;

  constructor(private readonly settings: OAuthSettings) {
    this.name = settings.name;
    this.displayName = settings.displayName;
  }

  async authorizeUrl(attempt: Attempt): Promise<string> {
    return authorizeUrlOf(await this.strategy(attempt), attempt);
  }

  async person(answer: URLSearchParams, attempt: Attempt): Promise<ExternalPerson> {
    const profile = await profileOf<GoogleProfile>(await this.strategy(attempt), answer, attempt);
    return {
      subject: profile.sub,
      email: profile.email,
      emailVerified: profile.email_verified === true || profile.email_verified === 'true',
      fullName: profile.name,
      username: null,
    };
  }

  private async strategy({ callbackUrl }: Attempt) {
    const { Strategy } = (await import('passport-google-oauth20')).default;
    const { clientId, clientSecret, authorizeUrl, tokenUrl, userinfoUrl } = this.settings;
    const options = {
      clientID: clientId,
      clientSecret,
      callbackURL: callbackUrl,
      authorizationURL: authorizeUrl,
      tokenURL: tokenUrl,
      userProfileURL: userinfoUrl,
      scope: ['openid', 'email', 'profile'],
    };
    return new Strategy(options, takeProfile);
  }
}
