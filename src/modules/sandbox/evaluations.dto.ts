import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsNumber, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import type { EvaluationMode, Requirements } from '../evaluation/evaluation.service.js';
import type { Architecture, InstanceSignal } from '../market/market-data.port.js';

const MODES = ['single_instance', 'cluster'] as const;
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;
export const SIGNALS = ['none', 'rebalance', 'termination'] as const;
export const DEEDS = ['tag', 'stop', 'terminate'] as const;
export type Deed = (typeof DEEDS)[number];

/** More than any machine has. */
const MOST_VCPUS = 4_096;
const MOST_MEMORY_GB = 65_536;

export class RequirementsDto {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: MOST_VCPUS, example: 2 })
  @Max(MOST_VCPUS)
  @Min(1)
  @IsInt()
  vcpu!: number;

  @ApiProperty({ minimum: 0.5, maximum: MOST_MEMORY_GB, example: 8 })
  @Max(MOST_MEMORY_GB)
  @Min(0.5)
  @IsNumber({ allowInfinity: false, allowNaN: false })
  memory_gb!: number;

  @ApiProperty({ enum: ARCHITECTURES, example: 'x86_64' })
  @IsIn(ARCHITECTURES)
  architecture!: Architecture;

  static toRequirements({ vcpu, memory_gb, architecture }: RequirementsDto): Requirements {
    return { vcpu, memoryGb: memory_gb, architecture };
  }
}

export class EvaluateDto {
  @ApiProperty({
    enum: MODES,
    example: 'cluster',
    description:
      '`single_instance`: whether it is safe where it is; `cluster`: where it would be better off.',
  })
  @IsIn(MODES)
  mode!: EvaluationMode;

  @ApiPropertyOptional({
    type: () => RequirementsDto,
    description: 'What a machine must have; what this one has, unless given.',
  })
  @MayBeAbsent()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => RequirementsDto)
  requirements?: RequirementsDto;

  @ApiPropertyOptional({ enum: SIGNALS, description: 'A warning known to the caller: the gravest counts.' })
  @MayBeAbsent()
  @IsIn(SIGNALS)
  signal?: InstanceSignal;

  @ApiPropertyOptional({
    default: false,
    description:
      'Acts on any decision but STAY, with the keys of the session. Refused unless SANDBOX_ALLOW_ACTIONS is on.',
  })
  @MayBeAbsent()
  @IsBoolean()
  execute?: boolean;

  @ApiPropertyOptional({
    enum: DEEDS,
    default: 'tag',
    description: 'What to do with `execute`: tag the machine with the decision, or then also stop or end it.',
  })
  @MayBeAbsent()
  @IsIn(DEEDS)
  action?: Deed;
}

export class SignalDto {
  @ApiProperty({ enum: ['rebalance', 'termination'], example: 'rebalance' })
  @IsIn(['rebalance', 'termination'])
  signal!: Exclude<InstanceSignal, 'none'>;
}
