import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import { AcceptedDto } from './account-recovery.dto.js';
import { AccountMails } from './account-mails.js';
import { MailedTokensService } from '../users/mailed-tokens.service.js';
import { UnwatchedWork } from './unwatched-work.js';

/** Proves that people read the mail at the address they registered with. */
@Injectable()
export class EmailVerificationService implements OnModuleInit {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: MailedTokensService,
    private readonly mails: AccountMails,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly work: UnwatchedWork,
  ) {}

  onModuleInit(): void {
    this.events.react('user.registered', async ({ user: { id } }) => {
      const user = await this.users.mustFind(id);
      if (isUnproven(user)) await this.mailLink(user);
    });
  }

  /**
   * Marks the address as verified. A link that comes after the address was
   * verified otherwise does no harm.
   *
   * @throws AppError 400 `invalid_token`.
   */
  async verify(token: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const user = await this.tokens.redeem('email-verification', token);
      await this.users.markEmailVerified(user, 'link');
    });
  }

  /**
   * Returns alike, and before anything is looked up, whoever has the address.
   *
   * @throws AppError 503 when too much waits already.
   */
  resend(email: string): AcceptedDto {
    this.work.begin('A request to verify an address', () => this.mailAgain(email));
    return AcceptedDto.always();
  }

  private async mailAgain(email: string): Promise<void> {
    const found = await this.users.findByLogin(email);
    if (found === null || !isUnproven(found)) return;
    if (!(await this.mails.mayBeSent('email-verification', found))) return;
    await this.unitOfWork.run(async () => {
      const user = await this.users.lock(found.id);
      if (user !== null && isUnproven(user)) await this.mailLink(user);
    });
  }

  private async mailLink(user: UserRow): Promise<void> {
    const token = await this.tokens.issue('email-verification', user);
    await this.mails.send('email-verification', user, { full_name: user.full_name, token });
  }
}

function isUnproven(user: UserRow): boolean {
  return user.is_active && !user.email_verified;
}
