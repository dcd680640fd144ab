import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ENVIRONMENTS, type Environment } from '../../config/settings.js';

const STATUSES = ['healthy', 'degraded', 'unhealthy'] as const;
export type HealthStatus = (typeof STATUSES)[number];

export class ComponentHealthDto {
  @ApiProperty({ enum: STATUSES })
  status!: HealthStatus;

  @ApiPropertyOptional({ example: 0.8, description: 'Milliseconds a round trip took.' })
  latency_ms?: number;

  @ApiPropertyOptional({ description: 'What is wrong, or what is used.' })
  detail?: string;
}

export class ComponentsDto {
  @ApiProperty({ type: () => ComponentHealthDto })
  database!: ComponentHealthDto;

  @ApiProperty({ type: () => ComponentHealthDto })
  storage!: ComponentHealthDto;

  @ApiProperty({ type: () => ComponentHealthDto })
  cache!: ComponentHealthDto;
}

export class HealthDto {
  @ApiProperty({ enum: STATUSES })
  status!: HealthStatus;

  @ApiProperty({ example: '1.0.0' })
  version!: string;

  @ApiProperty({ enum: ENVIRONMENTS })
  environment!: Environment;

  @ApiProperty({ format: 'date-time' })
  timestamp!: string;

  @ApiProperty({ type: () => ComponentsDto })
  components!: ComponentsDto;
}

export class ProbeDto {
  @ApiProperty({ enum: ['alive', 'ready'] })
  status!: 'alive' | 'ready';
}
