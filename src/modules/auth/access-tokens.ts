import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { isUUID } from 'class-validator';
import { createSigner, createVerifier } from 'fast-jwt';
import { AccessErrors } from '../../common/access/access.errors.js';
import { newId } from '../../common/crypto/ids.js';
import { Clock } from '../../common/time/clock.js';
import { AuthConfig } from '../../config/config.js';
import { SigningKeys, type SigningKey } from './signing-keys.js';

/** The claims of an access token (RFC 9068 in spirit), `token_use` telling it from every other token of ours. */
export interface AccessTokenClaims {
  readonly sub: string;
  /** The session it belongs to and dies with. */
  readonly sid: string;
  readonly org: string;
  /** Scopes at issue, separated by blanks; what counts is what the session's owner holds when it is used. */
  readonly scope: string;
  readonly jti: string;
  readonly token_use: 'access';
}

type Verify = (token: string) => unknown;

/** Issues and checks access tokens under the configured algorithm and no other. */
@Injectable()
export class AccessTokens {
  private readonly verifiers = new WeakMap<SigningKey, Verify>();

  constructor(
    private readonly keys: SigningKeys,
    private readonly jwt: JwtService,
    private readonly config: AuthConfig,
    private readonly clock: Clock,
  ) {}

  issue(claims: Pick<AccessTokenClaims, 'sub' | 'sid' | 'org' | 'scope'>): string {
    const { jwtIssuer: iss, jwtAudience: aud, accessTokenSeconds } = this.config;
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    const payload = {
      ...claims,
      iss,
      aud,
      jti: newId(),
      iat,
      exp: iat + accessTokenSeconds,
      token_use: 'access',
    };
    return this.sign(payload, this.keys.current());
  }

  /**
   * @throws AppError 401 `credential_expired` or `credential_invalid`.
   */
  verify(token: string): AccessTokenClaims {
    try {
      const claims = this.verifierFor(token)(token);
      if (isAccessToken(claims)) return claims;
    } catch (error) {
      if ((error as { code?: string }).code === 'FAST_JWT_EXPIRED') throw AccessErrors.credentialExpired();
      throw AccessErrors.credentialInvalid(error);
    }
    throw AccessErrors.credentialInvalid();
  }

  private sign(payload: object, { id, algorithm, privateKey }: SigningKey): string {
    // jsonwebtoken, which the Nest service wraps, knows no EdDSA (RFC 8037).
    if (algorithm === 'EdDSA') {
      return createSigner({ algorithm, key: privateKey, ...(id === null ? {} : { kid: id }) })(payload);
    }
    return this.jwt.sign(payload, { secret: privateKey, algorithm, ...(id === null ? {} : { keyid: id }) });
  }

  private verifierFor(token: string): Verify {
    const kid = this.config.jwtAlgorithm === 'HS256' ? null : keyIdOf(token);
    const key = this.keys.find(kid);
    const kept = this.verifiers.get(key);
    // Stryker disable next-line ConditionalExpression: kept because to make one takes time
    if (kept !== undefined) return kept;
    const verify = createVerifier({
      key: key.publicKey,
      algorithms: [key.algorithm],
      allowedIss: this.config.jwtIssuer,
      allowedAud: this.config.jwtAudience,
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub', 'sid', 'jti', 'token_use'],
      cache: false,
    }) as Verify;
    this.verifiers.set(key, verify);
    return verify;
  }
}

function isAccessToken(claims: unknown): claims is AccessTokenClaims {
  const { token_use: use, sid } = claims as { token_use?: unknown; sid?: unknown };
  return use === 'access' && isUUID(sid);
}

function keyIdOf(token: string): string {
  const header = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()) as {
    kid?: unknown;
  };
  if (typeof header.kid !== 'string') throw AccessErrors.credentialInvalid();
  return header.kid;
}
