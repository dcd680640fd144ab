import type { Actor } from '../../common/access/actor.js';
import type { UserRef } from '../users/users.events.js';

export interface IdentityRef {
  readonly id: string;
  readonly provider: string;
}

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'identity.linked': { readonly user: UserRef; readonly identity: IdentityRef };
    'identity.unlinked': { readonly actor: Actor; readonly identity: IdentityRef };
  }
}
