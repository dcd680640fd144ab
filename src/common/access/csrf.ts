import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { HttpConfig, SecretsConfig, AppConfig } from '../../config/config.js';
import { AccessErrors } from './access.errors.js';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Protects cookie sessions against forged cross-site requests: every unsafe call
 * must repeat a proof bound to its session in `X-CSRF-Token`, which another site
 * can neither read nor send, and its Origin, where there is one, must be ours
 * (OWASP CSRF Prevention Cheat Sheet, HMAC-based token pattern).
 */
@Injectable()
export class CsrfProtection {
  constructor(
    private readonly secrets: SecretsConfig,
    private readonly http: HttpConfig,
    private readonly app: AppConfig,
  ) {}

  proofFor(sessionId: string): string {
    return createHmac('sha256', this.secrets.secretKey).update(`csrf:${sessionId}`).digest('base64url');
  }

  /** @throws AppError 403 `csrf_proof_missing`. */
  verify(request: Request, sessionId: string): void {
    if (SAFE_METHODS.has(request.method)) return;
    // Stryker disable next-line StringLiteral: any other text is no proof either
    const presented = Buffer.from(request.get('x-csrf-token') ?? '');
    const expected = Buffer.from(this.proofFor(sessionId));
    const matches = presented.length === expected.length && timingSafeEqual(presented, expected);
    if (!matches || !this.isOwnOrigin(request.headers)) throw AccessErrors.csrfProofMissing();
  }

  /** Whether a browser says that one of our own pages, or of those let in by `CORS_ORIGINS`, is asking. */
  isOwnOrigin({ origin, host }: IncomingHttpHeaders): boolean {
    if (origin === undefined) return true;
    if (this.http.corsOrigins.includes(origin) || origin === this.app.publicUrl?.origin) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }
}
