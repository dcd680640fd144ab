import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock } from '../../common/time/clock.js';
import { MailedTokensService } from '../users/mailed-tokens.service.js';
import { UserMailsService } from '../users/user-mails.service.js';
import { UsersService } from '../users/users.service.js';
import '../users/users.events.js';

/** What follows from a new password, however it was set: its owner is told, and links to set another end. */
@Injectable()
export class AccountNotices implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    private readonly users: UsersService,
    private readonly tokens: MailedTokensService,
    private readonly mails: UserMailsService,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.events.react('user.password-changed', async ({ user: { id }, by }) => {
      // The same password, hashed anew.
      if (by === 'upgrade') return;
      await this.tokens.revokeAll('password-reset', id);
      const user = await this.users.mustFind(id);
      await this.mails.send('password-changed', user, {
        full_name: user.full_name,
        by_mail: by === 'reset',
        ip: this.context.ip,
        at: this.clock.now(),
      });
    });
    // Or an old link would open the account again once it is reactivated.
    this.events.react('user.deactivated', ({ user }) => this.tokens.revokeAll('password-reset', user.id));
  }
}
