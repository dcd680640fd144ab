import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthenticatedCredentialsRepository } from './authenticated-credentials.repository.js';
import { CredentialData } from './credential-data.js';
import { CredentialDataRepository } from './credential-data.repository.js';
import { CredentialMails } from './credential-mails.js';
import { CredentialMint } from './credential-mint.js';
import { CredentialNotices } from './credential-notices.js';
import { CredentialPolicy } from './credential-policy.js';
import { CredentialRevocation } from './credential-revocation.js';
import { CredentialUpkeep } from './credential-upkeep.js';
import { CredentialUpkeepRepository } from './credential-upkeep.repository.js';
import { CredentialJobs } from './credential.jobs.js';
import { MachineCredentialSecretEntity } from './machine-credential-secret.entity.js';
import { MachineCredentialEntity } from './machine-credential.entity.js';
import { MachineCredentialStrategy } from './machine-credential.strategy.js';
import { MachineCredentialsRepository } from './machine-credentials.repository.js';
import { PersonalTokensController } from './personal-tokens.controller.js';
import { PersonalTokensService } from './personal-tokens.service.js';

/** What programs sign in with: personal access tokens and service keys. Refuses to give one more than its maker has, and to show a secret twice. */
@Module({
  imports: [TypeOrmModule.forFeature([MachineCredentialEntity, MachineCredentialSecretEntity]), UsersModule],
  controllers: [PersonalTokensController, ApiKeysController],
  providers: [
    ApiKeysService,
    AuthenticatedCredentialsRepository,
    CredentialData,
    CredentialDataRepository,
    CredentialJobs,
    CredentialMails,
    CredentialMint,
    CredentialNotices,
    CredentialPolicy,
    CredentialRevocation,
    CredentialUpkeep,
    CredentialUpkeepRepository,
    MachineCredentialStrategy,
    MachineCredentialsRepository,
    PersonalTokensService,
  ],
})
export class ApiKeysModule {}
