import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { IsTime } from '../../common/http/field.decorators.js';
import { MaybeInstanceId } from './instance-id.dto.js';
import { ModelNameDto } from './lab-models.dto.js';
import type { Tally } from './lab-performance.repository.js';

const COUNT = { type: 'integer', minimum: 0, example: 12 } as const;
const SHARE = { type: 'number', nullable: true, minimum: 0, maximum: 1, example: 0.8 } as const;

export class PerformanceQuery {
  @MaybeInstanceId()
  instance_id?: string;

  @ApiPropertyOptional({ type: 'string', format: 'date-time', description: 'Experiments at or after.' })
  @IsOptional()
  @IsTime()
  from?: Date;

  @ApiPropertyOptional({ type: 'string', format: 'date-time', description: 'Experiments before.' })
  @IsOptional()
  @IsTime()
  to?: Date;
}

export class CompareQuery extends PerformanceQuery {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  model_a!: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  model_b!: string;
}

/** How right predictions were. */
export class ScoresDto {
  @ApiProperty({ ...COUNT, description: 'All of them.' })
  predictions!: number;

  @ApiProperty({ ...COUNT, description: 'Those whose outcome is known; all below is of these.' })
  observed!: number;

  @ApiProperty({ ...COUNT, description: 'Interrupted, predicted above the safety gate of then.' })
  true_positives!: number;

  @ApiProperty({ ...COUNT, description: 'Not interrupted, predicted above the gate.' })
  false_positives!: number;

  @ApiProperty({ ...COUNT, description: 'Interrupted, predicted at most at the gate.' })
  false_negatives!: number;

  @ApiProperty({ ...COUNT, description: 'Not interrupted, predicted at most at the gate.' })
  true_negatives!: number;

  @ApiProperty({
    ...SHARE,
    description:
      'true_positives / (true_positives + false_positives); null where nothing was above the gate.',
  })
  precision!: number | null;

  @ApiProperty({
    ...SHARE,
    description: 'true_positives / (true_positives + false_negatives); null where nothing was interrupted.',
  })
  recall!: number | null;

  @ApiProperty({
    ...SHARE,
    example: 0.09,
    description: 'Mean of (prediction - outcome)², the outcome 1 for interrupted, else 0. 0 is best.',
  })
  brier_score!: number | null;
}

/** What a tally comes to. */
export interface Scores extends Tally {
  readonly precision: number | null;
  readonly recall: number | null;
}

export function scoresOf(tally: Tally): Scores {
  const { true_positives: hits, false_positives, false_negatives } = tally;
  return {
    ...tally,
    precision: share(hits, hits + false_positives),
    recall: share(hits, hits + false_negatives),
  };
}

export class PerformanceDto extends ScoresDto {
  @ApiProperty()
  model!: ModelNameDto;

  @ApiProperty({
    ...COUNT,
    description: 'How often it was asked and failed. Those are no predictions of it.',
  })
  failures!: number;
}

export class ComparedModelDto extends ScoresDto {
  @ApiProperty()
  model!: ModelNameDto;
}

export class ComparisonDto {
  @ApiProperty({ type: 'string', nullable: true, description: 'Null for all instances.' })
  instance_id!: string | null;

  @ApiProperty({ ...COUNT, description: 'Experiments that both models judged.' })
  experiments!: number;

  @ApiProperty()
  model_a!: ComparedModelDto;

  @ApiProperty()
  model_b!: ComparedModelDto;

  @ApiProperty({
    enum: ['model_a', 'model_b'],
    type: 'string',
    nullable: true,
    description: 'The one with the lower Brier score; null where they are equal or nothing is known yet.',
  })
  better!: 'model_a' | 'model_b' | null;
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
