import { takeProfile } from './passport-attempt.js';
import { PassportProvider, type StrategyOptions } from './passport.provider.js';
import type { ExternalPerson } from './provider.js';

/** As Google's userinfo endpoint tells it (OpenID Connect Core section 5.3). */
interface GoogleProfile {
  readonly sub?: unknown;
  readonly email?: unknown;
  readonly email_verified?: unknown;
  readonly name?: unknown;
}

export class GoogleProvider extends PassportProvider<GoogleProfile> {
  protected personOf(profile: GoogleProfile): ExternalPerson {
    return {
      subject: profile.sub,
      email: profile.email,
      emailVerified: profile.email_verified === true || profile.email_verified === 'true',
      fullName: profile.name,
      username: null,
    };
  }

  protected async strategy(options: StrategyOptions) {
    const { Strategy } = (await import('passport-google-oauth20')).default;
    return new Strategy({ ...options, scope: ['openid', 'email', 'profile'] }, takeProfile);
  }
}
