import { Injectable } from '@nestjs/common';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock } from '../../common/time/clock.js';
import { UserMailsService } from '../users/user-mails.service.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import type { CredentialToWarnOf, WarnedOwner } from './credential-upkeep.repository.js';
import type { MachineCredentialRow } from './machine-credentials.repository.js';

/** What owners of tokens and keys are told. Part of the caller's unit of work. */
@Injectable()
export class CredentialMails {
  constructor(
    private readonly mails: UserMailsService,
    private readonly users: UsersService,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  async tellRevoked(credential: MachineCredentialRow): Promise<void> {
    const { kind, name, masked } = credential;
    const data = { kind, name, masked, ip: this.context.ip, at: this.clock.now() };
    for (const owner of await this.ownersOf(credential))
      await this.mails.send('credential-revoked', owner, data);
  }

  async warn(owner: WarnedOwner, due: readonly CredentialToWarnOf[]): Promise<void> {
    const expiring = due.flatMap(({ kind, name, masked, expires_at, is_expiring }) =>
      is_expiring && expires_at !== null ? [{ kind, name, masked, expires_at }] : [],
    );
    const unused = due.flatMap(({ kind, name, masked, created_at, is_unused }) =>
      is_unused ? [{ kind, name, masked, created_at }] : [],
    );
    for (const user of await this.ownersOf(owner)) {
      await this.mails.send('credential-expiring', user, {
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
}
