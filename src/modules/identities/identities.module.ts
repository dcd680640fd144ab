import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../auth/auth.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountMatching } from './account-matching.js';
import { BrowserBinding } from './browser-binding.js';
import { ExchangeCodes } from './exchange-codes.js';
import { ExchangeService } from './exchange.service.js';
import { ExternalSignInController } from './external-sign-in.controller.js';
import { ExternalSignInService } from './external-sign-in.service.js';
import { FailureReports } from './failure-reports.js';
import { IdentitiesController } from './identities.controller.js';
import { IdentitiesRepository } from './identities.repository.js';
import { IdentitiesService } from './identities.service.js';
import { IdentityData } from './identity-data.js';
import { IdentityDataRepository } from './identity-data.repository.js';
import { IdentityEntity } from './identity.entity.js';
import { Providers } from './providers/providers.js';
import { Redirects } from './redirects.js';
import { SignInAnswers } from './sign-in-answers.js';
import { SignInFlows } from './sign-in-flows.js';

/** Sign-in with Google, GitHub, Microsoft or any OpenID Connect issuer. Refuses whoever another's e-mail is not proven for, and to take the last way in. */
@Module({
  imports: [TypeOrmModule.forFeature([IdentityEntity]), AuthModule, UsersModule],
  controllers: [IdentitiesController, ExternalSignInController],
  providers: [
    AccountMatching,
    BrowserBinding,
    ExchangeCodes,
    ExchangeService,
    ExternalSignInService,
    FailureReports,
    IdentitiesRepository,
    IdentitiesService,
    IdentityData,
    IdentityDataRepository,
    Providers,
    Redirects,
    SignInAnswers,
    SignInFlows,
  ],
})
export class IdentitiesModule {}
