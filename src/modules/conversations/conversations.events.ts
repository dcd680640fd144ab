import type { Actor } from '../../common/access/actor.js';

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'conversation.created': { readonly actor: Actor; readonly conversationId: string };
    'conversation.message-added': {
      readonly actor: Actor;
      readonly conversationId: string;
      readonly messageId: string;
    };
    'conversation.deleted': {
      readonly actor: Actor;
      readonly conversationId: string;
      readonly messageCount: number;
    };
  }
}
