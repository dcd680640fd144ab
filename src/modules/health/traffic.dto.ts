import { ApiProperty } from '@nestjs/swagger';
import type { TrafficMinute } from '../../common/http/traffic.js';

const COUNT = { type: 'integer', minimum: 0 } as const;

export class TrafficMinuteDto {
  @ApiProperty({ type: 'string', format: 'date-time', description: 'Its start.' })
  at!: string;

  @ApiProperty({ ...COUNT, description: 'Calls of the API that were answered.' })
  requests!: number;

  @ApiProperty({ ...COUNT, description: 'Of them: refused with a 4xx.' })
  refused!: number;

  @ApiProperty({ ...COUNT, description: 'Of them: failed with a 5xx.' })
  failed!: number;

  static of({ at, ...counts }: TrafficMinute): TrafficMinuteDto {
    return { at: at.toISOString(), ...counts };
  }
}

export class TrafficDto {
  @ApiProperty({
    type: () => [TrafficMinuteDto],
    description:
      'The last 60 minutes of the replica that answers, the oldest first; the last is not over yet.',
  })
  items!: TrafficMinuteDto[];
}
