import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { Usage } from '../../common/access/usage.js';
import { inTurn } from '../../common/scheduling/in-turn.js';
import { SingleRun } from '../../common/scheduling/single-run.js';
import { AuthenticatedCredentialsRepository } from './authenticated-credentials.repository.js';
import { CredentialUpkeep } from './credential-upkeep.js';

/** Writes how tokens and keys were used; once a day warns their owners and removes what is long over. */
@Injectable()
export class CredentialJobs implements OnModuleInit {
  private readonly logger = new Logger(CredentialJobs.name);

  constructor(
    private readonly credentials: AuthenticatedCredentialsRepository,
    private readonly upkeep: CredentialUpkeep,
    private readonly usage: Usage,
    private readonly singleRun: SingleRun,
  ) {}

  onModuleInit(): void {
    for (const kind of ['pat', 'api_key'] as const) {
      this.usage.register(kind, (uses) => this.credentials.addUses(uses));
    }
  }

  @Cron(CronExpression.EVERY_DAY_AT_6AM, { name: 'credentials.daily', timeZone: 'UTC' })
  async daily(): Promise<void> {
    await this.singleRun.run('credentials.daily', async () => {
      try {
        await inTurn(
          await this.upkeep.ownersToWarn(),
          (owner) => this.upkeep.warn(owner),
          (_, { message }) => this.logger.error(`An owner of tokens or keys could not be warned: ${message}`),
        );
      } finally {
        await this.upkeep.purge();
      }
    });
  }
}
