import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AccessErrors } from '../../common/access/access.errors.js';
import {
  presentedCredential,
  sessionCookieName,
  type PresentedCredential,
} from '../../common/access/credential.js';
import { CsrfProtection } from '../../common/access/csrf.js';
import { AuthConfig } from '../../config/config.js';
import { SandboxErrors } from './sandbox.errors.js';
import type { LiveSocket } from './socket-protocol.js';

/** The credential that a socket comes with. */
@Injectable()
export class SocketCredentials {
  private readonly cookieName: string;

  constructor(
    private readonly csrf: CsrfProtection,
    { secureCookie }: AuthConfig,
  ) {
    this.cookieName = sessionCookieName(secureCookie);
  }

  /**
   * The token of the handshake, else what a request would carry in its headers. A cookie
   * comes along whichever page opens the socket, and no CORS protects it: it counts only
   * from our own pages (cross-site WebSocket hijacking, CWE-1385).
   *
   * @throws AppError 400, 401 or 403.
   */
  presentedBy({ request }: LiveSocket, token: string | undefined): PresentedCredential {
    if (token !== undefined) return { token, via: 'header' };
    const credential = presentedCredential(request as Request, this.cookieName);
    if (credential === null) throw AccessErrors.credentialMissing();
    if (credential.via === 'cookie' && !this.csrf.isOwnOrigin(request.headers))
      throw SandboxErrors.originNotAllowed();
    return credential;
  }
}
