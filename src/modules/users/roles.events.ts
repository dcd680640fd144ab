import type { Actor } from '../../common/access/actor.js';
import type { Scope } from '../../common/access/scopes.js';

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'role.created': { readonly actor: Actor; readonly role: string; readonly scopes: readonly Scope[] };
    'role.updated': {
      readonly actor: Actor;
      readonly role: string;
      readonly from: readonly Scope[];
      readonly to: readonly Scope[];
    };
    'role.deleted': { readonly actor: Actor; readonly role: string };
  }
}
