import type { Actor } from './actor.js';

declare module '../events/domain-events.js' {
  interface DomainEvents {
    /** A request was refused for want of a credential, a scope or a CSRF proof. */
    'access.denied': {
      readonly actor: Actor | null;
      readonly code: string;
      readonly route: string;
      readonly ip: string;
    };
  }
}
