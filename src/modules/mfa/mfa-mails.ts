import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock } from '../../common/time/clock.js';
import { MailService, type MailData, type MailName } from '../mail/mail.service.js';
import type { UserRow } from '../users/users.service.js';

/** Tells people that their sign-in has changed, in case it was not them. Part of the caller's unit of work. */
@Injectable()
export class MfaMails {
  private readonly logger = new Logger(MfaMails.name);

  constructor(
    private readonly mail: MailService,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  changed(user: UserRow, isEnabled: boolean): Promise<void> {
    const data = { is_enabled: isEnabled, ip: this.context.ip, at: this.clock.now() };
    return this.send('mfa-changed', user, data);
  }

  /** Somebody else took them away. */
  reset(user: UserRow): Promise<void> {
    const data = { has_password: user.password_hash !== null, at: this.clock.now() };
    return this.send('mfa-reset', user, data);
  }

  /** An address nobody can write to must not keep its owner from a second factor. */
  private async send<Name extends MailName>(name: Name, user: UserRow, data: MailData[Name]): Promise<void> {
    const recipient = { email: user.email, organizationId: user.organization_id };
    await this.mail.send(name, recipient, data).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      this.logger.warn(`No mail to user ${user.id}: ${error.message}`);
    });
  }
}
