import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { Flag } from '../../common/http/field.decorators.js';
import { PageOf, PageQuery } from '../../common/pagination/pagination.js';
import {
  ACTION_KINDS,
  ACTION_STATUSES,
  type ActionKind,
  type ActionRow,
  type ActionStatus,
} from './actions.repository.js';
import type { LogRow } from './logs.repository.js';
import type { SavingsRow } from './savings.repository.js';

const LOG_TYPES = ['SCRAPER', 'FILTER', 'RISK', 'OPTIMIZER', 'SIGNAL', 'ACTUATOR', 'SYSTEM'] as const;
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export class LogsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: LEVELS })
  @IsOptional()
  @IsIn(LEVELS)
  level?: LogRow['level'];

  @ApiPropertyOptional({ enum: LOG_TYPES })
  @IsOptional()
  @IsIn(LOG_TYPES)
  log_type?: LogRow['log_type'];

  @ApiPropertyOptional({
    type: 'boolean',
    default: false,
    description:
      'Server-sent events, from `cursor` or `Last-Event-ID` on (else from the first line), until the session ends.',
  })
  @IsOptional()
  @Flag()
  @IsBoolean()
  follow?: boolean;
}

export class SandboxLogDto {
  @ApiProperty({ enum: ['log'] })
  type!: 'log';

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Numbered from 1 without a gap.' })
  seq!: number;

  @ApiProperty({ enum: LOG_TYPES })
  log_type!: LogRow['log_type'];

  @ApiProperty({ enum: LEVELS })
  level!: LogRow['level'];

  @ApiProperty()
  message!: string;

  @ApiProperty({ format: 'date-time' })
  timestamp!: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  data?: Record<string, unknown>;

  static of({ seq, log_type, level, message, timestamp, data }: LogRow): SandboxLogDto {
    const line = { type: 'log', seq, log_type, level, message, timestamp: timestamp.toISOString() } as const;
    return data === null ? line : { ...line, data };
  }
}

export class SandboxLogPageDto extends PageOf(SandboxLogDto) {}

export class ActionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  session_id!: string;

  @ApiProperty({ enum: ACTION_KINDS })
  kind!: ActionKind;

  @ApiProperty({
    enum: ACTION_STATUSES,
    description: '`pending` long after it was created: the server died over it.',
  })
  status!: ActionStatus;

  @ApiProperty({ type: 'object', additionalProperties: true })
  details!: Record<string, unknown>;

  @ApiProperty({ type: 'string', nullable: true, description: 'Why it failed.' })
  problem!: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  finished_at!: string | null;

  static of({ created_at, finished_at, ...action }: ActionRow): ActionDto {
    return {
      ...action,
      created_at: created_at.toISOString(),
      finished_at: finished_at?.toISOString() ?? null,
    };
  }
}

export class ActionPageDto extends PageOf(ActionDto) {}

const MONEY = { example: '0.0384', description: 'US dollars an hour, exact.' };

export class SessionSavingsDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'The decision it belongs to.' })
  action_id!: string;

  @ApiProperty({ example: 'STAY' })
  decision!: string;

  @ApiProperty(MONEY)
  spot_price!: string;

  @ApiProperty(MONEY)
  on_demand_price!: string;

  @ApiProperty(MONEY)
  hourly!: string;

  @ApiProperty({ example: '42.048', description: 'Of 730 hours.' })
  monthly!: string;

  @ApiProperty({ example: '60.00' })
  percent!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  static of({ created_at, ...savings }: SavingsRow): SessionSavingsDto {
    return { ...savings, created_at: created_at.toISOString() };
  }
}

export class SessionSavingsPageDto extends PageOf(SessionSavingsDto) {}
