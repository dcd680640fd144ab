import type { Actor } from '../../common/access/actor.js';
import type { Scope } from '../../common/access/scopes.js';
import type { MachineCredentialKind } from './credential-secret.js';
import type { RevocationReason } from './machine-credential.entity.js';

/** Which token or key an event is about. */
export interface CredentialRef {
  readonly id: string;
  readonly kind: MachineCredentialKind;
  readonly name: string;
  readonly organizationId: string;
}

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'credential.created': {
      readonly actor: Actor;
      readonly credential: CredentialRef;
      readonly scopes: readonly Scope[];
      readonly expiresAt: Date | null;
    };
    'credential.updated': {
      readonly actor: Actor;
      readonly credential: CredentialRef;
      readonly changed: readonly string[];
    };
    'credential.rotated': {
      readonly actor: Actor;
      readonly credential: CredentialRef;
      readonly graceSeconds: number;
    };
    /** Without an actor it was presented by whoever found it, or went with its maker. */
    'credential.revoked': {
      readonly actor: Actor | null;
      readonly credential: CredentialRef;
      readonly reason: RevocationReason;
    };
    /** Its owner was told that it is about to expire, or that nobody uses it. */
    'credential.owner-warned': {
      readonly credential: CredentialRef;
      readonly because: 'expiring' | 'unused';
    };
  }
}
