import type { Actor } from '../../common/access/actor.js';

/** Who an event is about. */
export interface UserRef {
  readonly id: string;
  readonly organizationId: string;
}

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'user.registered': { readonly user: UserRef & { readonly username: string } };
    /** Somebody made the account for them. */
    'user.created': { readonly actor: Actor; readonly user: UserRef; readonly role: string };
    /** Lines of an import; `counts` tells what became of them. */
    'users.imported': {
      readonly actor: Actor;
      readonly atomic: boolean;
      readonly counts: { readonly created: number; readonly skipped: number; readonly failed: number };
    };
    /** The account and what it held are gone. Without an actor its organisation ran out. */
    'user.erased': { readonly actor: Actor | null; readonly user: UserRef };
    /** Every session and personal token of theirs is to end. */
    'user.access-revoked': { readonly actor: Actor; readonly user: UserRef };
    /** Their password no longer works; they were sent a link to choose another. */
    'user.password-reset-forced': { readonly actor: Actor; readonly user: UserRef };
    'user.data-exported': { readonly actor: Actor; readonly user: UserRef };
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
    'user.first-admin-created': { readonly user: UserRef & { readonly email: string } };
  }
}
