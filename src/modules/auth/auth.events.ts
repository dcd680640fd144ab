import type { Actor } from '../../common/access/actor.js';
import type { UserRef } from '../users/users.events.js';
import type { SessionEnd, SessionKind } from './session.entity.js';

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'session.opened': {
      readonly user: UserRef;
      readonly sessionId: string;
      readonly kind: SessionKind;
      /** Of the account, before this one; null for the first. */
      readonly previousLoginAt: Date | null;
    };
    'session.ended': {
      readonly user: UserRef;
      readonly sessionIds: readonly string[];
      readonly reason: SessionEnd;
      readonly actor: Actor | null;
    };
    'session.refreshed': { readonly user: UserRef; readonly sessionId: string };
    /** A sign-in failed; `user` is null where nobody has that name. */
    'login.failed': { readonly user: UserRef | null; readonly reason: string; readonly ip: string };
    /** Somebody who knew the password, or held a session, failed at the second factor. */
    'login.mfa-failed': { readonly user: UserRef; readonly reason: string; readonly ip: string };
  }
}
