import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MAX_ID } from '../../common/crypto/ids.js';
import { inPages, PersonalData, type Person } from '../../common/personal-data/personal-data.js';
import { ConversationMessagesRepository, type MessageRow } from './conversation-messages.repository.js';
import { ConversationsRepository, type ConversationRow } from './conversations.repository.js';
import type { Owner } from './owner.js';

const PAGE = 100;

/** What somebody asked and was answered. It goes with their account's row. */
@Injectable()
export class ConversationData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly conversations: ConversationsRepository,
    private readonly messages: ConversationMessagesRepository,
  ) {}

  onModuleInit(): void {
    this.personalData.register('conversations', { export: (person) => this.conversationsOf(person) });
    this.personalData.register('conversation_messages', { export: (person) => this.messagesOf(person) });
  }

  private conversationsOf(person: Person): AsyncGenerator<ConversationRow> {
    const owner: Owner = { organizationId: person.organizationId, userId: person.id };
    return inPages((last) => this.conversations.list(owner, last?.id ?? MAX_ID, PAGE));
  }

  private async *messagesOf(person: Person): AsyncGenerator<MessageRow> {
    for await (const { id } of this.conversationsOf(person))
      yield* inPages<MessageRow>((last) => this.messages.list(id, last?.id ?? MAX_ID, PAGE));
  }
}
