import type { OAuthSettings } from '../../../config/sign-in-providers.js';
import { authorizeUrlOf, profileOf, takeProfile } from './passport-attempt.js';
import type { Attempt, ExternalPerson, Provider } from './provider.js';

/** As GitHub tells it at `GET /user`. */
interface GitHubProfile {
  readonly id?: unknown;
  readonly login?: unknown;
  readonly name?: unknown;
}

/** As GitHub tells it at `GET /user/emails`; the strategy renames the address. */
interface GitHubEmail {
  readonly value?: unknown;
  readonly primary?: unknown;
  readonly verified?: unknown;
}

/** GitHub is no OpenID provider: its numeric id is the subject, its primary address counts if it is verified. */
export class GitHubProvider implements Provider {
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
    const profile = await profileOf<GitHubProfile>(await this.strategy(attempt), answer, attempt);
    const emails = (Array.isArray(profile.emails) ? profile.emails : []) as (GitHubEmail | null)[];
    const primary = emails.find((email) => email?.primary === true);
    return {
      subject: Number.isSafeInteger(profile.id) ? String(profile.id) : null,
      email: primary?.value,
      emailVerified: primary?.verified === true,
      fullName: profile.name,
      username: profile.login,
    };
  }

  private async strategy({ callbackUrl }: Attempt) {
    const { Strategy } = (await import('passport-github2')).default;
    const { clientId, clientSecret, authorizeUrl, tokenUrl, userinfoUrl } = this.settings;
    const options = {
      clientID: clientId,
      clientSecret,
      callbackURL: callbackUrl,
      authorizationURL: authorizeUrl,
      tokenURL: tokenUrl,
      userProfileURL: userinfoUrl,
      userEmailURL: `${userinfoUrl}/emails`,
      userAgent: 'Cloudkeep',
      scope: ['user:email'],
      allRawEmails: true,
    };
    return new Strategy(options, takeProfile);
  }
}
