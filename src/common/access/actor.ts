import { AccessErrors } from './access.errors.js';
import type { CredentialKind, Principal } from './principal.js';
import type { IpNetworks } from '../http/ip-networks.js';
import type { Scope } from './scopes.js';

/** The principal as services see it: who acts, and questions about what they may do. */
export class Actor implements Principal {
  readonly credential: CredentialKind;
  readonly credentialId: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly role: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly expiresAt: Date | null;
  readonly authenticatedAt: Date | null;
  readonly requestsPerMinute: number | null;
  readonly networks: IpNetworks | null;

  constructor(principal: Principal) {
    this.credential = principal.credential;
    this.credentialId = principal.credentialId;
    this.userId = principal.userId;
    this.organizationId = principal.organizationId;
    this.role = principal.role;
    this.scopes = principal.scopes;
    this.expiresAt = principal.expiresAt;
    this.authenticatedAt = principal.authenticatedAt;
    this.requestsPerMinute = principal.requestsPerMinute;
    this.networks = principal.networks;
  }

  holds(scope: Scope): boolean {
    return this.scopes.has(scope) || this.scopes.has('admin');
  }

  /**
   * Nobody grants what they do not hold.
   *
   * @throws AppError 403 `insufficient_scope` naming what is missing.
   */
  mustHoldAll(scopes: Iterable<Scope>): void {
    const missing = [...scopes].filter((scope) => !this.holds(scope));
    if (missing.length > 0) throw AccessErrors.insufficientScope(missing);
  }
}
