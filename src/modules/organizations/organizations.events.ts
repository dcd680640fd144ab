import type { Actor } from '../../common/access/actor.js';
import type { UserRef } from '../users/users.events.js';

/** Which invitation an event is about. Not whom it is for: the trail knows people by their id alone. */
export interface InvitationRef {
  readonly id: string;
  readonly organizationId: string;
  readonly role: string;
}

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'organization.updated': { readonly actor: Actor; readonly changed: readonly string[] };
    'organization.owner-changed': {
      readonly actor: Actor;
      readonly from: string | null;
      readonly to: string;
    };
    'organization.deletion-scheduled': { readonly actor: Actor; readonly deletionAt: Date };
    'organization.restored': { readonly actor: Actor };
    /** It is gone, with all that was in it. */
    'organization.removed': { readonly organizationId: string };
    'invitation.created': { readonly actor: Actor; readonly invitation: InvitationRef };
    'invitation.revoked': { readonly actor: Actor; readonly invitation: InvitationRef };
    'invitation.accepted': { readonly user: UserRef; readonly invitation: InvitationRef };
  }
}
