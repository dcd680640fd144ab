import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, CurrentActor } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { IdPipe } from '../../common/http/id.pipe.js';
import { Returns } from '../../common/openapi/returns.decorator.js';
import {
  AddMessageDto,
  ConversationDto,
  ConversationMessageDto,
  ConversationMessagePageDto,
  ConversationPageDto,
  CreateConversationDto,
  SearchQuery,
} from './conversations.dto.js';
import { ConversationsService } from './conversations.service.js';

@ApiTags('Conversations')
@Controller('conversations')
export class ConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

  @Post()
  @Access('conversations:write')
  @ApiOperation({ summary: 'Begin a conversation' })
  @Returns(201, ConversationDto, [400, 413, 415])
  create(@CurrentActor() actor: Actor, @Body() request: CreateConversationDto): Promise<ConversationDto> {
    return this.conversations.create(actor, request);
  }

  @Get()
  @Access('conversations:read')
  @ApiOperation({ summary: 'List or search one’s conversations by title and messages, the last begun first' })
  @Returns(200, ConversationPageDto, [400])
  list(@CurrentActor() actor: Actor, @Query() query: SearchQuery): Promise<ConversationPageDto> {
    return this.conversations.list(actor, query);
  }

  @Get(':id')
  @Access('conversations:read')
  @ApiOperation({ summary: 'Read one conversation' })
  @Returns(200, ConversationDto, [404])
  get(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<ConversationDto> {
    return this.conversations.get(actor, id);
  }

  @Delete(':id')
  @Access('conversations:write')
  @ApiOperation({ summary: 'Delete a conversation with its messages' })
  @Returns(204, null, [404])
  delete(@CurrentActor() actor: Actor, @Param('id', IdPipe) id: string): Promise<void> {
    return this.conversations.delete(actor, id);
  }

  @Post(':id/messages')
  @Access('conversations:write')
  @ApiOperation({ summary: 'Add a question and its answer' })
  @Returns(201, ConversationMessageDto, [400, 404, 413, 415])
  addMessage(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Body() request: AddMessageDto,
  ): Promise<ConversationMessageDto> {
    return this.conversations.addMessage(actor, id, request);
  }

  @Get(':id/messages')
  @Access('conversations:read')
  @ApiOperation({ summary: 'List or search the messages of a conversation, newest first' })
  @Returns(200, ConversationMessagePageDto, [400, 404])
  listMessages(
    @CurrentActor() actor: Actor,
    @Param('id', IdPipe) id: string,
    @Query() query: SearchQuery,
  ): Promise<ConversationMessagePageDto> {
    return this.conversations.listMessages(actor, id, query);
  }
}
