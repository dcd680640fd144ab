import { Injectable } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import { AcceptedDto } from './account-recovery.dto.js';
import { AccountMails } from './account-mails.js';
import { MailedTokensService } from '../users/mailed-tokens.service.js';
import { UnwatchedWork } from './unwatched-work.js';
import './auth.events.js';

/** Mails whoever has forgotten the password the way back in. */
@Injectable()
export class AccountRecoveryService {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: MailedTokensService,
    private readonly mails: AccountMails,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly work: UnwatchedWork,
  ) {}

  /**
   * Returns alike, and before anything is looked up, whoever has the address.
   *
   * @throws AppError 503 when too much waits already.
   */
  forgot(email: string): AcceptedDto {
    this.work.begin('A request for a new password', () => this.mailLink(email));
    return AcceptedDto.always();
  }

  private async mailLink(email: string): Promise<void> {
    const found = await this.users.findByLogin(email);
    if (found === null || !mayAsk(found)) return;
    if (!(await this.mails.mayBeSent('password-reset', found))) return;
    await this.unitOfWork.run(async () => {
      const user = await this.users.lock(found.id);
      if (user === null || !mayAsk(user)) return;
      const token = await this.tokens.issue('password-reset', user);
      const ref = { id: user.id, organizationId: user.organization_id };
      this.events.emit('user.password-reset-requested', { user: ref });
      await this.mails.send('password-reset', user, { full_name: user.full_name, token });
    });
  }
}

/** An account without a password signs in elsewhere, and nobody opens a second way in by asking for it. */
function mayAsk(user: UserRow): boolean {
  return user.is_active && user.password_hash !== null;
}
