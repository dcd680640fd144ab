import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { Usage } from '../../common/access/usage.js';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { LoginLockout } from './login-lockout.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

/** Writes when sessions were last seen; each hour forgets what of sign-in is long over. */
@Injectable()
export class AuthJobs implements OnModuleInit {
  constructor(
    private readonly sessions: SessionsService,
    private readonly repository: SessionsRepository,
    private readonly refreshTokens: RefreshTokensService,
    private readonly lockout: LoginLockout,
    private readonly singleRun: SingleRun,
    private readonly usage: Usage,
  ) {}

  onModuleInit(): void {
    this.usage.register('session', (uses) => this.repository.markSeen(uses));
  }

  @Cron(CronExpression.EVERY_HOUR, { name: 'auth.purge' })
  async purge(): Promise<void> {
    await this.singleRun.run('auth.purge', async () => {
      await this.sessions.purge();
      await this.refreshTokens.purge();
      await this.lockout.purge();
    });
  }
}
