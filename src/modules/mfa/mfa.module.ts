import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '../users/users.module.js';
import { FactorCodes } from './factor-codes.js';
import { FactorData } from './factor-data.js';
import { FactorDataRepository } from './factor-data.repository.js';
import { MfaController } from './mfa.controller.js';
import { MfaHandover } from './mfa-handover.js';
import { MfaMails } from './mfa-mails.js';
import { MfaResetService } from './mfa-reset.service.js';
import { MfaService } from './mfa.service.js';
import { MfaSetupService } from './mfa-setup.service.js';
import { MfaState } from './mfa-state.js';
import { PasskeyCeremonies } from './passkey-ceremonies.js';
import { PasskeyEntity } from './passkey.entity.js';
import { PasskeyLoginService } from './passkey-login.service.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { PasskeysService } from './passkeys.service.js';
import { RecoveryCodeEntity } from './recovery-code.entity.js';
import { RecoveryCodes } from './recovery-codes.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { TotpCodes } from './totp-codes.js';
import { TotpFactorEntity } from './totp-factor.entity.js';
import { TotpFactorsRepository } from './totp-factors.repository.js';
import { TotpService } from './totp.service.js';
import { UserMfaController } from './user-mfa.controller.js';

/** Second factors: authenticator apps, passkeys, recovery codes. Refuses a code twice, and guessing. */
@Module({
  imports: [TypeOrmModule.forFeature([PasskeyEntity, RecoveryCodeEntity, TotpFactorEntity]), UsersModule],
  controllers: [MfaController, PasskeysController, UserMfaController],
  providers: [
    FactorCodes,
    FactorData,
    FactorDataRepository,
    MfaHandover,
    MfaMails,
    MfaResetService,
    MfaService,
    MfaSetupService,
    MfaState,
    PasskeyCeremonies,
    PasskeyLoginService,
    PasskeysRepository,
    PasskeysService,
    RecoveryCodes,
    RecoveryCodesRepository,
    TotpCodes,
    TotpFactorsRepository,
    TotpService,
  ],
  exports: [MfaService, PasskeyLoginService],
})
export class MfaModule {}
