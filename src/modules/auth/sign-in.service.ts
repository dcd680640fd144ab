import { Injectable } from '@nestjs/common';
import { randomSecret } from '../../common/crypto/secrets.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import { AccessTokens } from './access-tokens.js';
import { type BrowserSessionDto, ProfileDto, type TokensDto } from './auth.dto.js';
import { AuthErrors } from './auth.errors.js';
import type { Evidence } from './evidence.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import type { MfaRequiredDto } from './second-factor.dto.js';
import type { SessionKind } from './session.entity.js';
import { SessionsService } from './sessions.service.js';
import { SignInGate } from './sign-in-gate.js';
import { SignInGrants } from './sign-in-grants.js';

/** A browser's answer, and the secret that belongs in its cookie and nowhere else. */
export interface BrowserSignIn {
  readonly answer: BrowserSessionDto;
  readonly cookieSecret: string;
}

/** A sign-in that asks for nothing more. */
export type SignedIn = TokensDto | BrowserSignIn;

/**
 * The last step of every way to sign in: a proven user gets a session, or is asked
 * for the second factor their account has. Part of the caller's unit of work.
 */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly accessTokens: AccessTokens,
    private readonly grants: SignInGrants,
    private readonly gate: SignInGate,
  ) {}

  /** @throws AppError 401 when the account has changed since the user was proven. */
  async withTokens(proven: UserRow, evidence: Evidence): Promise<TokensDto | MfaRequiredDto> {
    return (await this.gate.missing(proven, 'token', evidence)) ?? this.openTokens(proven, evidence);
  }

  /** As `withTokens`, for a browser. */
  async withCookie(proven: UserRow, evidence: Evidence): Promise<BrowserSignIn | MfaRequiredDto> {
    return (await this.gate.missing(proven, 'browser', evidence)) ?? this.openBrowser(proven, evidence);
  }

  /** Of either kind, on evidence that leaves nothing to ask for. @throws AppError 401 as `withTokens`. */
  async withSession(kind: SessionKind, proven: UserRow, evidence: Evidence): Promise<SignedIn> {
    if ((await this.gate.missing(proven, kind, evidence)) !== null) throw AuthErrors.invalidCredentials();
    return kind === 'token' ? this.openTokens(proven, evidence) : this.openBrowser(proven, evidence);
  }

  /** @throws AppError 401 as `RefreshTokensService.exchange`. */
  async refresh(refreshToken: string): Promise<TokensDto> {
    const { token, session } = await this.refreshTokens.exchange(refreshToken);
    const user = await this.users.mustFind(session.user_id);
    return { ...this.tokens(user, session.session_id), refresh_token: token, user: await this.profile(user) };
  }

  private async openTokens(proven: UserRow, evidence: Evidence): Promise<TokensDto> {
    const user = await this.complete(proven, evidence);
    const seconds = this.grants.refreshTokenSeconds;
    const session = await this.sessions.open(proven, { kind: 'token', seconds, by: evidence.by });
    const owner = { id: session.id, organizationId: user.organization_id };
    return {
      ...this.tokens(user, session.id),
      refresh_token: await this.refreshTokens.issue(owner),
      user: await this.profile(user),
    };
  }

  private async openBrowser(proven: UserRow, evidence: Evidence): Promise<BrowserSignIn> {
    const user = await this.complete(proven, evidence);
    const cookieSecret = randomSecret();
    const seconds = this.grants.browserSessionSeconds;
    const session = { kind: 'browser', seconds, by: evidence.by, cookieSecret } as const;
    const { id } = await this.sessions.open(proven, session);
    const answer = {
      expires_in: seconds,
      csrf_token: this.grants.csrfToken(id),
      user: await this.profile(user),
    };
    return { cookieSecret, answer };
  }

  private tokens(
    user: UserRow,
    sessionId: string,
  ): Pick<TokensDto, 'access_token' | 'token_type' | 'expires_in'> {
    const claims = { sub: user.id, sid: sessionId, org: user.organization_id, scope: user.scopes.join(' ') };
    return {
      access_token: this.accessTokens.issue(claims),
      token_type: 'bearer',
      expires_in: this.grants.accessTokenSeconds,
    };
  }

  private async complete(user: UserRow, evidence: Evidence): Promise<UserRow> {
    const at = this.grants.now();
    if (!(await this.users.recordLogin(user, at))) throw AuthErrors.invalidCredentials();
    // Only now: the session is opened on the hash that was proven.
    await this.gate.passed(user, evidence);
    return { ...user, last_login_at: at };
  }

  private async profile(user: UserRow): Promise<ProfileDto> {
    const { count } = await this.sessions.countActive(user.id);
    return ProfileDto.ofUser(user, count);
  }
}
