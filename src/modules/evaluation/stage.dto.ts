import { ApiProperty } from '@nestjs/swagger';
import type { StageReport } from './evaluation.js';

/** How a stage of an evaluation went. */
export class StageDto {
  @ApiProperty({ example: 'safety_gate' })
  name!: string;

  @ApiProperty({ enum: ['done', 'skipped'] })
  state!: StageReport['state'];

  @ApiProperty({ example: 0.21 })
  duration_ms!: number;

  @ApiProperty({ type: 'integer', example: 12, description: 'Candidates before it.' })
  in!: number;

  @ApiProperty({ type: 'integer', example: 7, description: 'Candidates after it.' })
  out!: number;

  static of({ durationMs, ...stage }: StageReport): StageDto {
    return { ...stage, duration_ms: durationMs };
  }
}
