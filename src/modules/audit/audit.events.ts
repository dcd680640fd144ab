import type { Actor } from '../../common/access/actor.js';

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'audit.exported': { readonly actor: Actor; readonly format: 'ndjson' | 'csv' };
  }
}
