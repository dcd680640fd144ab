import type { Actor } from '../../common/access/actor.js';

/** Who an event is about. */
export interface UserRef {
  readonly id: string;
  readonly organizationId: string;
}

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'user.registered': { readonly user: UserRef & { readonly username: string } };
    'user.profile-updated': {
      readonly actor: Actor;
      readonly user: UserRef;
      readonly changed: readonly string[];
    };
    'user.role-changed': {
      readonly actor: Actor;
      readonly user: UserRef;
      readonly from: string;
      readonly to: string;
    };
    'user.deactivated': { readonly actor: Actor; readonly user: UserRef };
    'user.reactivated': { readonly actor: Actor; readonly user: UserRef };
    'user.password-changed': { readonly user: UserRef; readonly by: 'owner' | 'upgrade' };
    /** Whoever proved the address got the account of somebody who never had: whatever that one could sign in with goes. */
    'account.taken-over-from-unverified': { readonly user: UserRef; readonly by: string };
    'user.first-admin-created': { readonly user: UserRef & { readonly email: string } };
  }
}
