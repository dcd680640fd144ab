import { takeProfile } from './passport-attempt.js';
import { PassportProvider, type StrategyOptions } from './passport.provider.js';
import type { ExternalPerson } from './provider.js';

/** As GitHub tells it at `GET /user`. */
interface GitHubProfile {
  readonly id?: unknown;
  readonly login?: unknown;
  readonly name?: unknown;
  /** From `GET /user/emails`, which the strategy asks besides. */
  readonly emails?: unknown;
}

/** As GitHub tells it at `GET /user/emails`; the strategy renames the address. */
interface GitHubEmail {
  readonly value?: unknown;
  readonly primary?: unknown;
  readonly verified?: unknown;
}

/** GitHub is no OpenID provider: its numeric id is the subject, its primary address counts if it is verified. */
export class GitHubProvider extends PassportProvider<GitHubProfile> {
  protected personOf(profile: GitHubProfile): ExternalPerson {
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

  protected async strategy(options: StrategyOptions) {
    const { Strategy } = (await import('passport-github2')).default;
    const more = {
      userEmailURL: `${options.userProfileURL}/emails`,
      userAgent: 'Cloudkeep',
      scope: ['user:email'],
      allRawEmails: true,
    };
    return new Strategy({ ...options, ...more }, takeProfile);
  }
}
