import { AccessErrors } from './access.errors.js';
import type { IpNetworks } from '../http/ip-networks.js';
import type { Scope } from './scopes.js';

export const CREDENTIAL_KINDS = ['session', 'pat', 'api_key'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** Whom a verified credential speaks for, and what it may do right now. */
export type Principal = Omit<Actor, 'holds' | 'mustHoldAll'>;

/** The principal as services see it: who acts, and questions about what they may do. */
export class Actor {
  readonly credential!: CredentialKind;
  /** Id of the session, token or key. */
  readonly credentialId!: string;
  /** The person it speaks for; a key whose maker is gone speaks for itself, under its own id. */
  readonly userId!: string;
  readonly organizationId!: string;
  readonly role!: string;
  /** The credential's own scopes, cut down to what its owner holds now. */
  readonly scopes!: ReadonlySet<Scope>;
  /** Null for one that lasts until it is revoked. */
  readonly expiresAt!: Date | null;
  /**
   * When the person of a session last proved who they are, by all that the account
   * now asks for; null where that never happened and for machine credentials.
   */
  readonly authenticatedAt!: Date | null;
  /** A limit of its own; null where the general one holds. */
  readonly requestsPerMinute!: number | null;
  /** The only addresses it may be used from; null for any. */
  readonly networks!: IpNetworks | null;

  constructor(principal: Principal) {
    Object.assign(this, principal);
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
