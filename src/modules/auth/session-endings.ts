import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { SessionsService } from './sessions.service.js';
import '../mfa/mfa.events.js';
import '../users/users.events.js';

/** What happened to an account after which none of its sessions goes on. */
@Injectable()
export class SessionEndings implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    private readonly sessions: SessionsService,
  ) {}

  onModuleInit(): void {
    this.events.react('user.deactivated', async ({ actor, user }) => {
      await this.sessions.end(user, {}, 'user_deactivated', actor);
    });
    this.events.react('account.taken-over-from-unverified', async ({ user }) => {
      await this.sessions.end(user, {}, 'account_taken_over', null);
    });
    this.events.react('user.access-revoked', async ({ actor, user }) => {
      await this.sessions.end(user, {}, 'revoked', actor);
    });
    this.events.react('user.password-reset-forced', async ({ actor, user }) => {
      await this.sessions.end(user, {}, 'password_change', actor);
    });
    this.events.react('mfa.reset', async ({ actor, user }) => {
      await this.sessions.end(user, {}, 'mfa_reset', actor);
    });
  }
}
