import { Injectable } from '@nestjs/common';
import { OneTimeTokens, type RedeemedToken } from '../../common/one-time-tokens/one-time-tokens.js';
import { MailedTokenErrors } from './mailed-tokens.errors.js';
import { UsersService, type UserRow } from './users.service.js';

export type MailedTokenPurpose = 'email-verification' | 'password-reset';

interface Addressee {
  /** Whoever reads mail there proves no other address. */
  readonly email: string;
}

const LASTS_SECONDS = 86_400;

/**
 * Tokens that prove somebody reads the mail of an account: good once, for a day,
 * for one purpose (ASVS 5.0 section 6.4), and only while the account is active
 * and its address the one they went to. Of an account and purpose the newest
 * alone is good. Whoever changes them locks the account first, then the token.
 */
@Injectable()
export class MailedTokensService {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly users: UsersService,
  ) {}

  /** @param user locked by the caller, or made in the same unit of work. */
  async issue(purpose: MailedTokenPurpose, user: UserRow): Promise<string> {
    await this.revokeAll(purpose, user.id);
    return this.tokens.issue({
      purpose,
      subject: subjectOf(user.id),
      organizationId: user.organization_id,
      seconds: LASTS_SECONDS,
      data: { email: user.email } satisfies Addressee,
    });
  }

  /**
   * Whose a token is, without using it up.
   *
   * @throws AppError 400 `invalid_token`.
   */
  async look(purpose: MailedTokenPurpose, secret: string): Promise<UserRow> {
    const { subject, data } = await this.mustBeGood(purpose, secret);
    return mustReach(data, await this.users.find(userIdOf(subject)));
  }

  /**
   * Uses a token up. Part of the caller's unit of work, until whose end the account is locked.
   *
   * @throws AppError 400 `invalid_token`, also to all but one of those who come at once.
   */
  async redeem(purpose: MailedTokenPurpose, secret: string): Promise<UserRow> {
    const { subject, data } = await this.mustBeGood(purpose, secret);
    const user = mustReach(data, await this.users.lock(userIdOf(subject)));
    if ((await this.tokens.redeem(purpose, secret)) === null) throw MailedTokenErrors.invalidToken();
    return user;
  }

  async revokeAll(purpose: MailedTokenPurpose, userId: string): Promise<void> {
    await this.tokens.revokeAll(purpose, subjectOf(userId));
  }

  private async mustBeGood(purpose: MailedTokenPurpose, secret: string): Promise<RedeemedToken<Addressee>> {
    const token = await this.tokens.look<Addressee>(purpose, secret);
    if (token === null) throw MailedTokenErrors.invalidToken();
    return token;
  }
}

function mustReach({ email }: Addressee, user: UserRow | null): UserRow {
  if (user?.is_active !== true || user.email !== email) throw MailedTokenErrors.invalidToken();
  return user;
}

const SUBJECT = 'user:';

function subjectOf(userId: string): string {
  return `${SUBJECT}${userId}`;
}

function userIdOf(subject: string): string {
  return subject.slice(SUBJECT.length);
}
