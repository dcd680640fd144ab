import { Injectable } from '@nestjs/common';
import { MailService } from '../mail/mail.service.js';
import { MailedTokensService } from './mailed-tokens.service.js';
import type { UserRow } from './users.service.js';

/** Lets somebody who has no password choose one, by mail. Part of the caller's unit of work. */
@Injectable()
export class SetPasswordMails {
  constructor(
    private readonly tokens: MailedTokensService,
    private readonly mail: MailService,
  ) {}

  /** @throws AppError 400 `invalid_recipient` when mail can not reach the address. */
  async send(user: UserRow): Promise<void> {
    const { email, organization_id: organizationId, full_name } = user;
    const token = await this.tokens.issue('password-reset', user);
    await this.mail.send('password-reset', { email, organizationId }, { full_name, token });
  }
}
