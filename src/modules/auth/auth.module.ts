import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MfaModule } from '../mfa/mfa.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokens } from './access-tokens.js';
import { AccountNotices } from './account-notices.js';
import { AccountRecoveryController } from './account-recovery.controller.js';
import { AccountRecoveryService } from './account-recovery.service.js';
import { AccountService } from './account.service.js';
import { AuthAnswers } from './auth-answers.js';
import { AuthController } from './auth.controller.js';
import { AuthJobs } from './auth.jobs.js';
import { BrowserSessionStrategy } from './browser-session.strategy.js';
import { EmailVerificationService } from './email-verification.service.js';
import { FirstAdminService } from './first-admin.js';
import { JwksController } from './jwks.controller.js';
import { LoginAttemptEntity } from './login-attempt.entity.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { LoginLockout } from './login-lockout.js';
import { LoginReports } from './login-reports.js';
import { LoginService } from './login.service.js';
import { MailedLinks } from './mailed-links.js';
import { NewDeviceNotices } from './new-device.js';
import { PasswordChange } from './password-change.js';
import { PasswordReset } from './password-reset.js';
import { OutlivedSessions } from './outlived-sessions.js';
import { OwnerProof } from './owner-proof.js';
import { PasskeyAnswers } from './passkey-answers.js';
import { PasskeySignInController } from './passkey-sign-in.controller.js';
import { PasskeySignInService } from './passkey-sign-in.service.js';
import { ReauthenticationService } from './reauthentication.service.js';
import { RefreshTokenEntity } from './refresh-token.entity.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';
import { RefreshRules } from './refresh-rules.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { RegistrationService } from './registration.service.js';
import { SessionData } from './session-data.js';
import { SessionDataRepository } from './session-data.repository.js';
import { SecondFactorController } from './second-factor.controller.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionCookieService } from './session-cookie.service.js';
import { SessionEndings } from './session-endings.js';
import { SessionEntity } from './session.entity.js';
import { SessionProofs } from './session-proofs.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInGate } from './sign-in-gate.js';
import { SignInGrants } from './sign-in-grants.js';
import { SignInService } from './sign-in.service.js';
import { SigningKeysModule } from './signing-keys.module.js';
import { SigningKeys } from './signing-keys.js';
import { UnwatchedWork } from './unwatched-work.js';

/** Who one is: registration, sign-in, sessions and their tokens. Refuses whatever it can't prove, in alike words and time. */
@Module({
  imports: [
    TypeOrmModule.forFeature([LoginAttemptEntity, RefreshTokenEntity, SessionEntity]),
    JwtModule.register({}),
    PassportModule,
    MfaModule,
    SigningKeysModule,
    UsersModule,
  ],
  controllers: [
    AccountRecoveryController,
    AuthController,
    PasskeySignInController,
    SecondFactorController,
    SessionsController,
    JwksController,
  ],
  providers: [
    AccessTokenStrategy,
    AccessTokens,
    AccountNotices,
    AccountRecoveryService,
    AccountService,
    AuthAnswers,
    AuthJobs,
    BrowserSessionStrategy,
    EmailVerificationService,
    FirstAdminService,
    LoginAttemptsRepository,
    LoginLockout,
    LoginReports,
    LoginService,
    MailedLinks,
    NewDeviceNotices,
    PasswordChange,
    PasswordReset,
    OutlivedSessions,
    OwnerProof,
    PasskeyAnswers,
    PasskeySignInService,
    ReauthenticationService,
    RefreshRules,
    RefreshTokensRepository,
    RefreshTokensService,
    RegistrationService,
    SecondFactorService,
    SessionCookieService,
    SessionData,
    SessionDataRepository,
    SessionEndings,
    SessionProofs,
    SessionsRepository,
    SessionsService,
    SignInGate,
    SignInGrants,
    SignInService,
    SigningKeys,
    UnwatchedWork,
  ],
  exports: [FirstAdminService, RegistrationService, SessionCookieService, SignInService],
})
export class AuthModule {}
