import { ApiProperty } from '@nestjs/swagger';
import { NullableOf } from '../../common/openapi/nullable-of.decorator.js';
import { PipelineConfigDto } from '../evaluation/pipeline-config.dto.js';
import { StageDto } from '../evaluation/stage.dto.js';
import type { ExperimentRow } from './lab-experiments.repository.js';
import { ModelNameDto } from './lab-models.dto.js';

/** The last evaluation of an instance. */
export class LastEvaluationDto {
  @ApiProperty({ format: 'uuid' })
  experiment_id!: string;

  @ApiProperty({ format: 'date-time' })
  evaluated_at!: string;

  @ApiProperty({ description: 'Whose prediction counted.' })
  model!: ModelNameDto;

  @ApiProperty({ enum: ['STAY', 'SWITCH', 'DRAIN', 'EVACUATE'] })
  decision!: string;

  @ApiProperty({ minimum: 0, maximum: 1 })
  crash_probability!: number;

  @ApiProperty({ example: 18.4 })
  execution_time_ms!: number;

  @ApiProperty({ type: [StageDto], description: 'In the order they ran.' })
  stages!: readonly StageDto[];

  static of(row: ExperimentRow): LastEvaluationDto {
    return {
      experiment_id: row.id,
      evaluated_at: row.created_at.toISOString(),
      model: { id: row.model_id, name: row.model_name, version: row.model_version },
      decision: row.decision,
      crash_probability: row.crash_probability,
      execution_time_ms: row.execution_time_ms,
      stages: row.stages,
    };
  }
}

export class PipelineStatusDto {
  @ApiProperty({ example: 'i-0abc1234def567890' })
  instance_id!: string;

  @ApiProperty({ description: 'The model that decides from now on.' })
  model!: ModelNameDto;

  @NullableOf(ModelNameDto)
  challenger!: ModelNameDto | null;

  @ApiProperty()
  config!: PipelineConfigDto;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'When the config was last changed; null where it is the default.',
  })
  configured_at!: string | null;

  @NullableOf(LastEvaluationDto, 'Null where there was none in the last 90 days.')
  last_evaluation!: LastEvaluationDto | null;
}
