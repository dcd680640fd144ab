import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConversationData } from './conversation-data.js';
import { ConversationMessageEntity } from './conversation-message.entity.js';
import { ConversationMessagesRepository } from './conversation-messages.repository.js';
import { ConversationSearchEntity } from './conversation-search.entity.js';
import { ConversationEntity } from './conversation.entity.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsJobs } from './conversations.jobs.js';
import { ConversationsRepository } from './conversations.repository.js';
import { ConversationsService } from './conversations.service.js';

/** What users asked and were answered, kept and searched. Refuses to show it to anybody but them. */
@Module({
  imports: [
    TypeOrmModule.forFeature([ConversationEntity, ConversationMessageEntity, ConversationSearchEntity]),
  ],
  controllers: [ConversationsController],
  providers: [
    ConversationData,
    ConversationsService,
    ConversationsRepository,
    ConversationMessagesRepository,
    ConversationsJobs,
  ],
})
export class ConversationsModule {}
