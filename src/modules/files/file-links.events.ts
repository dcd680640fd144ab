import type { Actor } from '../../common/access/actor.js';
import type { FileRef } from './files.events.js';

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'file-link.revoked': { readonly actor: Actor; readonly file: FileRef; readonly linkId: string };
  }
}
