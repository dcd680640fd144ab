import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock } from '../../common/time/clock.js';
import { MailService, type MailData, type MailName } from '../mail/mail.service.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import type { CredentialToWarnOf, WarnedOwner } from './credential-upkeep.repository.js';
import type { MachineCredentialRow } from './machine-credentials.repository.js';

/** What owners of tokens and keys are told. Part of the caller's unit of work. */
@Injectable()
export class CredentialMails {
  private readonly logger = new Logger(CredentialMails.name);

  constructor(
    private readonly mail: MailService,
    private readonly users: UsersService,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  async tellRevoked(credential: MachineCredentialRow): Promise<void> {
    const { kind, name, masked } = credential;
    const data = { kind, name, masked, ip: this.context.ip, at: this.clock.now() };
    for (const owner of await this.ownersOf(credential)) await this.send('credential-revoked', owner, data);
  }

  async warn(owner: WarnedOwner, due: readonly CredentialToWarnOf[]): Promise<void> {
    const expiring = due.flatMap(({ kind, name, masked, expires_at, is_expiring }) =>
      is_expiring && expires_at !== null ? [{ kind, name, masked, expires_at }] : [],
    );
    const unused = due.flatMap(({ kind, name, masked, created_at, is_unused }) =>
      is_unused ? [{ kind, name, masked, created_at }] : [],
    );
    for (const user of await this.ownersOf(owner)) {
      await this.send('credential-expiring', user, {
        name: user.full_name ?? user.username,
        expiring,
        unused,
      });
    }
  }

  /** Whoever made it; the admins of its organisation once that person is gone. */
  private async ownersOf({
    user_id: userId,
    organization_id: organizationId,
  }: WarnedOwner): Promise<UserRow[]> {
    return userId === null ? this.users.listAdmins(organizationId) : [await this.users.mustFind(userId)];
  }

  /** An address nobody can write to must not keep a leaked key alive. */
  private async send<Name extends MailName>(name: Name, user: UserRow, data: MailData[Name]): Promise<void> {
    const recipient = { email: user.email, organizationId: user.organization_id };
    await this.mail.send(name, recipient, data).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      this.logger.warn(`No mail to user ${user.id}: ${error.message}`);
    });
  }
}
