import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID, newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf, readCursor } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ConversationMessagesRepository } from './conversation-messages.repository.js';
import {
  ConversationDto,
  ConversationMessageDto,
  type AddMessageDto,
  type ConversationMessagePageDto,
  type ConversationPageDto,
  type CreateConversationDto,
  type SearchQuery,
} from './conversations.dto.js';
import { ConversationErrors } from './conversations.errors.js';
import { ConversationsRepository, type ConversationRow } from './conversations.repository.js';
import { ownerOf } from './owner.js';
import './conversations.events.js';

/** What users asked and were answered. Lists are in the order things were made, which nothing later can change. */
@Injectable()
export class ConversationsService {
  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly messages: ConversationMessagesRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  create(actor: Actor, { title = null }: CreateConversationDto): Promise<ConversationDto> {
    const now = this.clock.now();
    const conversation = { id: newId(), title, message_count: 0, created_at: now, updated_at: now };
    return this.unitOfWork.run(async () => {
      await this.conversations.insert(ownerOf(actor), conversation);
      this.events.emit('conversation.created', { actor, conversationId: conversation.id });
      return ConversationDto.of(conversation);
    });
  }

  async list(actor: Actor, { q, limit, cursor }: SearchQuery): Promise<ConversationPageDto> {
    const [owner, before] = [ownerOf(actor), readCursor(cursor)?.id ?? MAX_ID];
    const rows = isSearch(q)
      ? await this.conversations.search(owner, q, before, limit + 1)
      : await this.conversations.list(owner, before, limit + 1);
    return pageOf(rows, limit, (row) => ConversationDto.of(row));
  }

  /** @throws AppError 404. */
  async get(actor: Actor, id: string): Promise<ConversationDto> {
    return ConversationDto.of(await this.mustFindOwn(actor, id));
  }

  /**
   * Removes a conversation and its messages.
   *
   * @throws AppError 404.
   */
  async delete(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const messageCount = await this.conversations.delete(ownerOf(actor), id);
      if (messageCount === null) throw ConversationErrors.notFound(id);
      this.events.emit('conversation.deleted', { actor, conversationId: id, messageCount });
    });
  }

  /** @throws AppError 404. */
  addMessage(
    actor: Actor,
    conversationId: string,
    { query, response, context = null }: AddMessageDto,
  ): Promise<ConversationMessageDto> {
    const message = {
      id: newId(),
      conversation_id: conversationId,
      query,
      response,
      context,
      created_at: this.clock.now(),
    };
    return this.unitOfWork.run(async () => {
      if (!(await this.messages.insert(ownerOf(actor), message)))
        throw ConversationErrors.notFound(conversationId);
      this.events.emit('conversation.message-added', { actor, conversationId, messageId: message.id });
      return ConversationMessageDto.of(message);
    });
  }

  /** @throws AppError 404. */
  async listMessages(
    actor: Actor,
    conversationId: string,
    { q, limit, cursor }: SearchQuery,
  ): Promise<ConversationMessagePageDto> {
    await this.mustFindOwn(actor, conversationId);
    const before = readCursor(cursor)?.id ?? MAX_ID;
    const rows = isSearch(q)
      ? await this.messages.search(ownerOf(actor), conversationId, q, before, limit + 1)
      : await this.messages.list(conversationId, before, limit + 1);
    return pageOf(rows, limit, (row) => ConversationMessageDto.of(row));
  }

  private async mustFindOwn(actor: Actor, id: string): Promise<ConversationRow> {
    const conversation = await this.conversations.find(ownerOf(actor), id);
    if (conversation === null) throw ConversationErrors.notFound(id);
    return conversation;
  }
}

/** An empty search box asks for everything. */
function isSearch(q: string | undefined): q is string {
  return q !== undefined && q.trim() !== '';
}
