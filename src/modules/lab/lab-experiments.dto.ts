import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsDate, IsIn, IsOptional, IsUUID } from 'class-validator';
import { IsTime } from '../../common/http/field.decorators.js';
import { NullableOf } from '../../common/openapi/nullable-of.decorator.js';
import { PageOf, PeriodQuery } from '../../common/pagination/pagination.js';
import { PipelineConfigDto } from '../evaluation/pipeline-config.dto.js';
import { StageDto } from '../evaluation/stage.dto.js';
import { MaybeInstanceId } from './instance-id.dto.js';
import type { ExperimentRow } from './lab-experiments.repository.js';
import type { ModelRef } from './lab.events.js';
import { ModelNameDto } from './lab-models.dto.js';

const DECISIONS = ['STAY', 'SWITCH', 'DRAIN', 'EVACUATE'] as const;
const PROBABILITY = { minimum: 0, maximum: 1, example: 0.12 };

export class ListExperimentsQuery extends PeriodQuery {
  @MaybeInstanceId()
  instance_id?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Of the model whose prediction counted.' })
  @IsOptional()
  @IsUUID()
  model_id?: string;

  @ApiPropertyOptional({ enum: DECISIONS })
  @IsOptional()
  @IsIn(DECISIONS)
  decision?: string;
}

export class OutcomeDto {
  @ApiProperty({ description: 'Whether the cloud took the machine back from the pool it was in.' })
  @IsBoolean()
  interrupted!: boolean;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    description:
      'When that was seen, or until when nothing was. Neither before the experiment nor ahead of now.',
  })
  @IsTime()
  @IsDate()
  observed_at!: Date;
}

export class FeaturesDto {
  @ApiProperty(PROBABILITY)
  price_position!: number;

  @ApiProperty(PROBABILITY)
  discount_depth!: number;

  @ApiProperty(PROBABILITY)
  family_stress_mean!: number;

  @ApiProperty(PROBABILITY)
  family_stress_max!: number;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 23, example: 14 })
  hour!: number;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 6, example: 3, description: '0 for Monday.' })
  weekday!: number;
}

export class FailedModelDto extends ModelNameDto {
  @ApiProperty({ example: 'model_too_slow: It took longer than 2 s and was stopped.' })
  problem!: string;
}

export class ChallengerDto extends ModelNameDto {
  @ApiProperty({ ...PROBABILITY, type: 'number', nullable: true })
  crash_probability!: number | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'How it failed.' })
  problem!: string | null;
}

export class RecordedOutcomeDto {
  @ApiProperty()
  interrupted!: boolean;

  @ApiProperty({ format: 'date-time' })
  observed_at!: string;

  @ApiProperty({ format: 'date-time' })
  recorded_at!: string;
}

export class ExperimentDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'The sandbox session it was in.',
  })
  session_id!: string | null;

  @ApiProperty({ example: 'i-0abc1234def567890' })
  instance_id!: string;

  @ApiProperty({ example: 'm5.large' })
  instance_type!: string;

  @ApiProperty({ example: 'eu-west-1a' })
  availability_zone!: string;

  @ApiProperty({ enum: ['single_instance', 'cluster'] })
  mode!: string;

  @ApiProperty({ description: 'Whose prediction counted.' })
  model!: ModelNameDto;

  @NullableOf(FailedModelDto, 'The assigned model, where it failed and the built-in one judged instead.')
  fell_back_from!: FailedModelDto | null;

  @NullableOf(ChallengerDto)
  challenger!: ChallengerDto | null;

  @ApiProperty({ description: 'Of the pool the instance was in, as docs/risk-model.md defines them.' })
  features!: FeaturesDto;

  @ApiProperty({ ...PROBABILITY, description: 'The prediction.' })
  crash_probability!: number;

  @ApiProperty({ ...PROBABILITY, example: 0.85, description: 'Above it a prediction meant an interruption.' })
  max_crash_probability!: number;

  @ApiProperty({ enum: ['none', 'rebalance', 'termination'] })
  aws_signal!: string;

  @ApiProperty({ enum: DECISIONS })
  decision!: string;

  @ApiProperty()
  reason!: string;

  @ApiProperty()
  config!: PipelineConfigDto;

  @ApiProperty({ type: [StageDto] })
  stages!: readonly StageDto[];

  @ApiProperty({ example: 18.4 })
  execution_time_ms!: number;

  @NullableOf(RecordedOutcomeDto, 'What came, once somebody told.')
  outcome!: RecordedOutcomeDto | null;

  static of(row: ExperimentRow): ExperimentDto {
    const { id, created_at, session_id, instance_id, instance_type, availability_zone, mode } = row;
    const { features, crash_probability, max_crash_probability, aws_signal, decision, reason } = row;
    return {
      ...{
        id,
        created_at: created_at.toISOString(),
        session_id,
        instance_id,
        instance_type,
        availability_zone,
      },
      mode,
      ...opinionsIn(row),
      ...{ features, crash_probability, max_crash_probability, aws_signal, decision, reason },
      config: row.config,
      stages: row.stages,
      execution_time_ms: row.execution_time_ms,
      outcome: outcomeIn(row),
    };
  }
}

export class ExperimentPageDto extends PageOf(ExperimentDto) {}

function opinionsIn(row: ExperimentRow): Pick<ExperimentDto, 'model' | 'fell_back_from' | 'challenger'> {
  const failed = nameOf(row.failed_model_id, row.failed_model_name, row.failed_model_version);
  const challenger = nameOf(row.challenger_id, row.challenger_name, row.challenger_version);
  return {
    model: { id: row.model_id, name: row.model_name, version: row.model_version },
    fell_back_from: failed && { ...failed, problem: row.failed_model_problem ?? '' },
    challenger: challenger && {
      ...challenger,
      crash_probability: row.challenger_probability,
      problem: row.challenger_problem,
    },
  };
}

function nameOf(id: string | null, name: string | null, version: string | null): ModelRef | null {
  return id === null ? null : { id, name: name ?? '', version: version ?? '' };
}

function outcomeIn({ interrupted, observed_at, outcome_at }: ExperimentRow): RecordedOutcomeDto | null {
  if (interrupted === null || observed_at === null || outcome_at === null) return null;
  return { interrupted, observed_at: observed_at.toISOString(), recorded_at: outcome_at.toISOString() };
}
