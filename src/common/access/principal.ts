import type { Scope } from './scopes.js';

export const CREDENTIAL_KINDS = ['session', 'pat', 'api_key'] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** Who a verified credential speaks for, and what it may do right now. */
export interface Principal {
  readonly credential: CredentialKind;
  /** Id of the session, token or key. */
  readonly credentialId: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly role: string;
  /** The credential's own scopes, cut down to what its owner holds now. */
  readonly scopes: ReadonlySet<Scope>;
  readonly expiresAt: Date;
}
