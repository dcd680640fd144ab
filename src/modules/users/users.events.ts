import type { Actor } from '../../common/access/actor.js';

/** Who an event is about. */
export interface UserRef {
  readonly id: string;
  readonly organizationId: string;
}

/** Who set a password: its owner, a sign-in that hashed it anew, or whoever reads the account's mail. */
export type PasswordSetBy = 'owner' | 'upgrade' | 'reset';

/** How an address was proven. */
export type AddressProof = 'link' | 'reset';

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'user.registered': { readonly user: UserRef & { readonly username: string } };
    /** Somebody made the account for them. */
    'user.created': { readonly actor: Actor; readonly user: UserRef; readonly role: string };
    /** Lines of an import that were taken together; `counts` tells what became of them. */
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
    'user.password-changed': { readonly user: UserRef; readonly by: PasswordSetBy };
    /** Somebody, not known to be its owner, asked for a mail with which to choose a new password, and it was written. */
    'user.password-reset-requested': { readonly user: UserRef };
    /** By the link sent for it, or by one that reset the password: either proves the address. */
    'user.email-verified': { readonly user: UserRef; readonly by: AddressProof };
    /** A sign-in elsewhere proved the address, and got the account of somebody who never had. */
    'account.taken-over-from-unverified': { readonly user: UserRef; readonly by: string };
    /**
     * Somebody who may not have made the account has proven its address, by a sign-in
     * elsewhere or a reset: whatever whoever made it could come back with is to go.
     */
    'account.claimed': { readonly user: UserRef };
    'user.first-admin-created': { readonly user: UserRef };
  }
}
