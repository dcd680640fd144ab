import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { MailedTokensService, type MailedTokenPurpose } from '../users/mailed-tokens.service.js';
import { UserMailsService } from '../users/user-mails.service.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import { AcceptedDto } from './account-recovery.dto.js';
import { UnwatchedWork } from './unwatched-work.js';

/** Mails people the links that prove they read the mail of their account. */
@Injectable()
export class MailedLinks {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: MailedTokensService,
    private readonly mails: UserMailsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly work: UnwatchedWork,
  ) {}

  /**
   * For whoever asks without being known. Returns alike, and before anything is
   * looked up, whoever has the address.
   *
   * @param isDue whether an account may have such a link now.
   * @param onSent part of the unit of work the mail is written in.
   * @throws AppError 503 when too much waits already.
   */
  request(
    purpose: MailedTokenPurpose,
    email: string,
    isDue: (user: UserRow) => boolean,
    onSent?: (user: UserRow) => void,
  ): AcceptedDto {
    this.work.begin(`A request for a mail ${purpose}`, async () => {
      const found = await this.users.findByLogin(email);
      if (found === null || !isDue(found)) return;
      if (!(await this.mails.mayBeSent(purpose, found))) return;
      await this.unitOfWork.run(async () => {
        const user = await this.users.lock(found.id);
        if (user === null || !isDue(user)) return;
        await this.send(purpose, user);
        onSent?.(user);
      });
    });
    return AcceptedDto.always();
  }

  /** Part of the caller's unit of work, in which the account is locked or new. */
  async send(purpose: MailedTokenPurpose, user: UserRow): Promise<void> {
    const token = await this.tokens.issue(purpose, user);
    await this.mails.send(purpose, user, { full_name: user.full_name, token });
  }
}
