import { Injectable } from '@nestjs/common';
import { OneTimeTokens } from '../../common/one-time-tokens/one-time-tokens.js';
import { MailService } from '../mail/mail.service.js';
import type { UserRow } from './users.repository.js';

/** Redeemed at `POST /auth/password/reset`. */
const PURPOSE = 'password-reset';
/** As the mail says. */
const SECONDS = 24 * 60 * 60;

/** Lets somebody who has no password choose one, by mail. Part of the caller's unit of work. */
@Injectable()
export class SetPasswordMails {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly mail: MailService,
  ) {}

  /** @throws AppError 400 `invalid_recipient` when mail can not reach the address. */
  async send({ id, organization_id: organizationId, email, full_name }: UserRow): Promise<void> {
    const subject = `user:${id}`;
    await this.tokens.revokeAll(PURPOSE, subject);
    const data = { email };
    const token = await this.tokens.issue({
      purpose: PURPOSE,
      subject,
      organizationId,
      seconds: SECONDS,
      data,
    });
    await this.mail.send('password-reset', { email, organizationId }, { full_name, token });
  }
}
