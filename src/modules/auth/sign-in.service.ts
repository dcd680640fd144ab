import { Injectable } from '@nestjs/common';
import { randomSecret } from '../../common/crypto/secrets.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import { AccessTokens } from './access-tokens.js';
import { type BrowserSessionDto, ProfileDto, type TokensDto } from './auth.dto.js';
import { AuthErrors } from './auth.errors.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import { SessionsService } from './sessions.service.js';
import { SignInGrants } from './sign-in-grants.js';

/** A browser's answer, and the secret that belongs in its cookie and nowhere else. */
export interface BrowserSignIn {
  readonly answer: BrowserSessionDto;
  readonly cookieSecret: string;
}

/** The last step of every way to sign in: a proven user gets a session. Part of the caller's unit of work. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly accessTokens: AccessTokens,
    private readonly grants: SignInGrants,
  ) {}

  async withTokens(proven: UserRow): Promise<TokensDto> {
    const user = await this.markLogin(proven);
    const session = await this.sessions.open(proven, 'token', this.grants.refreshTokenSeconds);
    const owner = { id: session.id, organizationId: user.organization_id };
    return {
      ...this.tokens(user, session.id),
      refresh_token: await this.refreshTokens.issue(owner),
      user: await this.profile(user),
    };
  }

  async withCookie(proven: UserRow): Promise<BrowserSignIn> {
    const user = await this.markLogin(proven);
    const cookieSecret = randomSecret();
    const seconds = this.grants.browserSessionSeconds;
    const { id } = await this.sessions.open(proven, 'browser', seconds, cookieSecret);
    const answer = {
      expires_in: seconds,
      csrf_token: this.grants.csrfToken(id),
      user: await this.profile(user),
    };
    return { cookieSecret, answer };
  }

  /** @throws AppError 401 as `RefreshTokensService.exchange`. */
  async refresh(refreshToken: string): Promise<TokensDto> {
    const { token, session } = await this.refreshTokens.exchange(refreshToken);
    const user = await this.users.mustFind(session.user_id);
    return { ...this.tokens(user, session.session_id), refresh_token: token, user: await this.profile(user) };
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

  /** @throws AppError 401 when the account has changed since the user was proven. */
  private async markLogin(user: UserRow): Promise<UserRow> {
    const at = this.grants.now();
    if (!(await this.users.recordLogin(user, at))) throw AuthErrors.invalidCredentials();
    return { ...user, last_login_at: at };
  }

  private async profile(user: UserRow): Promise<ProfileDto> {
    const { count } = await this.sessions.countActive(user.id);
    return ProfileDto.ofUser(user, count);
  }
}
