import { ApiProperty } from '@nestjs/swagger';
import { JOB_OUTCOMES, type JobOutcome } from '../../common/scheduling/job-runs.repository.js';
import type { Job } from '../../common/scheduling/jobs.js';

const TIME = { type: 'string', format: 'date-time', nullable: true } as const;

export class JobDto {
  @ApiProperty({ example: 'sandbox.expire' })
  name!: string;

  @ApiProperty({
    type: 'string',
    enum: [...JOB_OUTCOMES, null],
    nullable: true,
    description:
      'Of the last run that finished; null before the first. A failure stays until a run succeeds.',
  })
  outcome!: JobOutcome | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'storage_unavailable',
    description: 'The code of what the last run failed of; the log of its replica tells more.',
  })
  error!: string | null;

  @ApiProperty({ ...TIME, description: 'When the last run began, on whichever replica.' })
  started_at!: string | null;

  @ApiProperty({
    ...TIME,
    description: 'When it ended; null while it runs, or where its process died over it.',
  })
  finished_at!: string | null;

  @ApiProperty({ ...TIME, description: 'When a run last succeeded.' })
  succeeded_at!: string | null;

  @ApiProperty({ ...TIME, description: 'When it is due again.' })
  next_run_at!: string | null;

  static of({ name, nextRunAt, last }: Job): JobDto {
    return {
      name,
      outcome: last?.outcome ?? null,
      error: last?.error ?? null,
      started_at: last?.started_at.toISOString() ?? null,
      finished_at: last?.finished_at?.toISOString() ?? null,
      succeeded_at: last?.succeeded_at?.toISOString() ?? null,
      next_run_at: nextRunAt?.toISOString() ?? null,
    };
  }
}

export class JobsDto {
  @ApiProperty({ type: () => [JobDto] })
  items!: JobDto[];
}
