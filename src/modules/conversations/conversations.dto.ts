import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { JsonObject, TextOfBytes } from '../../common/http/field.decorators.js';
import { PageOf, PageQuery } from '../../common/pagination/pagination.js';
import type { MessageRow } from './conversation-messages.repository.js';
import type { ConversationRow } from './conversations.repository.js';

const MOST_BYTES = 65_536;
/** Even if each takes four bytes, no word is longer than PostgreSQL looks for (2046). */
const LONGEST_SEARCH = 500;

export class SearchQuery extends PageQuery {
  @ApiPropertyOptional({
    maxLength: LONGEST_SEARCH,
    example: '"spot price" or savings -drain',
    description: 'Whole words, all of which must be there: "a phrase", or, -not.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_SEARCH)
  q?: string;
}

export class CreateConversationDto {
  @ApiPropertyOptional({ type: 'string', nullable: true, maxLength: 200, example: 'Spot prices in June' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  title?: string | null;
}

export class ConversationDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: 'string', nullable: true, example: 'Spot prices in June' })
  title!: string | null;

  @ApiProperty({ type: 'integer', example: 2 })
  message_count!: number;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When a message was last added.' })
  updated_at!: string;

  static of({ id, title, message_count, created_at, updated_at }: ConversationRow): ConversationDto {
    return {
      id,
      title,
      message_count,
      created_at: created_at.toISOString(),
      updated_at: updated_at.toISOString(),
    };
  }
}

export class ConversationPageDto extends PageOf(ConversationDto) {}

export class AddMessageDto {
  @ApiProperty({
    example: 'Is it safe to stay?',
    description: `What was asked, at most ${MOST_BYTES} bytes in UTF-8.`,
  })
  @TextOfBytes(MOST_BYTES)
  query!: string;

  @ApiProperty({
    example: 'Yes, until Friday.',
    description: `What was answered, at most ${MOST_BYTES} bytes in UTF-8.`,
  })
  @TextOfBytes(MOST_BYTES)
  response!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { instance_id: 'i-0abc' },
    description: `What else belongs to it, at most ${MOST_BYTES} bytes as JSON in UTF-8.`,
  })
  @IsOptional()
  @JsonObject(MOST_BYTES)
  context?: Record<string, unknown> | null;
}

export class ConversationMessageDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  conversation_id!: string;

  @ApiProperty({ example: 'Is it safe to stay?' })
  query!: string;

  @ApiProperty({ example: 'Yes, until Friday.' })
  response!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { instance_id: 'i-0abc' },
  })
  context!: Record<string, unknown> | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  static of({ created_at, ...message }: MessageRow): ConversationMessageDto {
    return { ...message, created_at: created_at.toISOString() };
  }
}

export class ConversationMessagePageDto extends PageOf(ConversationMessageDto) {}
