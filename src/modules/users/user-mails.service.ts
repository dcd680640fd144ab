import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { RateLimiter } from '../../common/rate-limits/rate-limiter.js';
import { MailService, type MailData, type MailName } from '../mail/mail.service.js';
import type { UserRow } from './users.service.js';

/** Of one kind, for one account: enough for whoever lost the first, too few to fill a mailbox with. */
const AT_MOST = { limit: 3, windowSeconds: 3600 };

/** What people are told about their account. */
@Injectable()
export class UserMailsService {
  private readonly logger = new Logger(UserMailsService.name);

  constructor(
    private readonly mail: MailService,
    private readonly limiter: RateLimiter,
  ) {}

  /** Whether a mail that strangers can cause may go out once more; counts it. */
  mayBeSent(name: MailName, user: UserRow): Promise<boolean> {
    return this.limiter.permits(`mail.${name}`, user.id, AT_MOST);
  }

  /**
   * Part of the caller's unit of work. There are accounts with addresses that no
   * mail goes to, quoted ones say: what is told must not fail for them.
   */
  async send<Name extends MailName>(name: Name, user: UserRow, data: MailData[Name]): Promise<void> {
    const recipient = { email: user.email, organizationId: user.organization_id };
    await this.mail.send(name, recipient, data).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      this.logger.warn(`No mail ${name} to user ${user.id}: ${error.message}`);
    });
  }
}
