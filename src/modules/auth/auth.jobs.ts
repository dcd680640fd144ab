import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { Usage } from '../../common/access/usage.js';
import { EventBus } from '../../common/events/event-bus.js';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { LoginLockout } from './login-lockout.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

/** What happens to sessions without anybody asking. */
@Injectable()
export class AuthJobs implements OnModuleInit {
  constructor(
    private readonly sessions: SessionsService,
    private readonly repository: SessionsRepository,
    private readonly lockout: LoginLockout,
    private readonly singleRun: SingleRun,
    private readonly usage: Usage,
    private readonly events: EventBus,
  ) {}

  onModuleInit(): void {
    this.usage.register('session', (uses) => this.repository.markSeen(uses));
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

  @Cron(CronExpression.EVERY_HOUR, { name: 'auth.purge' })
  async purge(): Promise<void> {
    await this.singleRun.run('auth.purge', async () => {
      await this.sessions.purge();
      await this.lockout.purge();
    });
  }
}
