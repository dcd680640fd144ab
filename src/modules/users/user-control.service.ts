import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { SetPasswordMails } from './set-password-mails.js';
import { UserErasureService } from './user-erasure.service.js';
import { UserErrors } from './users.errors.js';
import { refOf, UsersService } from './users.service.js';

/** What one may do to the account of somebody who holds no more than oneself. */
@Injectable()
export class UserControlService {
  constructor(
    private readonly users: UsersService,
    private readonly erasure: UserErasureService,
    private readonly passwordMails: SetPasswordMails,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /**
   * Removes a user with all their personal data.
   *
   * @throws AppError 403 for somebody more powerful, 404, 409 `own_account` or `last_admin`.
   */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const user = await this.users.mustFindToChange(actor, id);
      if (id === actor.userId) throw UserErrors.ownAccount();
      await this.users.keepAnAdminBeside(user);
      if (!(await this.erasure.erase(id, actor))) throw UserErrors.notFound(id);
    });
  }

  /**
   * Ends every session and personal token of a user, at once and on every replica.
   *
   * @throws AppError 403 for somebody more powerful, 404.
   */
  async revokeAccess(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const user = await this.users.mustFindToChange(actor, id);
      this.events.emit('user.access-revoked', { actor, user: refOf(user) });
    });
  }

  /**
   * The password stops working, sessions end, and a mail lets its owner choose another.
   *
   * @throws AppError 400 `invalid_recipient`, 403 for somebody more powerful, 404.
   */
  async forcePasswordReset(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const user = await this.users.mustFindToChange(actor, id);
      await this.users.removePassword(id);
      await this.passwordMails.send(user);
      this.events.emit('user.password-reset-forced', { actor, user: refOf(user) });
    });
  }
}
