import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { MailedTokensService } from '../users/mailed-tokens.service.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import type { AcceptedDto } from './account-recovery.dto.js';
import { MailedLinks } from './mailed-links.js';

/** Proves that people read the mail at the address they registered with. */
@Injectable()
export class EmailVerificationService implements OnModuleInit {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: MailedTokensService,
    private readonly links: MailedLinks,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  onModuleInit(): void {
    this.events.react('user.registered', async ({ user: { id } }) => {
      const user = await this.users.mustFind(id);
      if (isUnproven(user)) await this.links.send('email-verification', user);
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

  /** @throws AppError 503 when too much waits already. */
  resend(email: string): AcceptedDto {
    return this.links.request('email-verification', email, isUnproven);
  }
}

function isUnproven(user: UserRow): boolean {
  return user.is_active && !user.email_verified;
}
