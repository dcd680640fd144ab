import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { Equals, IsBoolean, IsNumber, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { MayBeAbsent } from '../../common/http/field.decorators.js';
import { DEFAULT_PIPELINE_CONFIG, type PipelineConfig } from './pipeline-config.js';

const { rightSizing, interruptionFilter, safetyGate, decision } = DEFAULT_PIPELINE_CONFIG;

export class StageSwitchDto {
  @ApiPropertyOptional({ default: true })
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

export class RightSizingDto {
  @ApiPropertyOptional({ default: rightSizing.enabled })
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;

  @ApiPropertyOptional({
    default: rightSizing.maxFactor,
    minimum: 1,
    maximum: 64,
    description: 'Sizes up to so many times the vCPUs needed are considered where they cost less on spot.',
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(1)
  @Max(64)
  max_factor?: number;
}

export class InterruptionFilterDto extends StageSwitchDto {
  @ApiPropertyOptional({
    default: interruptionFilter.maxRate,
    minimum: 0,
    maximum: 1,
    description: 'Share of machines interrupted in a month above which a pool is rejected.',
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(1)
  max_rate?: number;
}

export class SafetyGateDto extends StageSwitchDto {
  @ApiPropertyOptional({ default: safetyGate.maxCrashProbability, minimum: 0, maximum: 1 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(1)
  max_crash_probability?: number;
}

export class DecisionRuleDto {
  @ApiPropertyOptional({
    default: decision.switchMargin,
    minimum: 0,
    maximum: 100,
    description: 'Yield points by which another pool must be ahead before the instance moves.',
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(100)
  switch_margin?: number;
}

export class ReactiveOverrideDto {
  @ApiPropertyOptional({ enum: [true], default: true })
  @MayBeAbsent()
  @Equals(true, { message: 'can not be switched off: a warning of the cloud is always acted on' })
  enabled?: boolean;
}

function Part(type: () => new () => object): PropertyDecorator {
  return (target, property) => {
    ApiPropertyOptional({ type: () => type() })(target, property);
    MayBeAbsent()(target, property);
    IsObject()(target, property);
    ValidateNested()(target, property);
    Type(type)(target, property);
  };
}

/** The pipeline of one instance, as sent and answered. What is left out has its default. */
export class PipelineConfigDto {
  @Part(() => StageSwitchDto)
  hardware_filter?: StageSwitchDto;

  @Part(() => RightSizingDto)
  right_sizing?: RightSizingDto;

  @Part(() => InterruptionFilterDto)
  interruption_filter?: InterruptionFilterDto;

  @Part(() => SafetyGateDto)
  safety_gate?: SafetyGateDto;

  @Part(() => StageSwitchDto)
  bin_packing?: StageSwitchDto;

  @Part(() => DecisionRuleDto)
  decision?: DecisionRuleDto;

  @Part(() => ReactiveOverrideDto)
  reactive_override?: ReactiveOverrideDto;

  static of(config: PipelineConfig): PipelineConfigDto {
    return {
      hardware_filter: config.hardwareFilter,
      right_sizing: { enabled: config.rightSizing.enabled, max_factor: config.rightSizing.maxFactor },
      interruption_filter: {
        enabled: config.interruptionFilter.enabled,
        max_rate: config.interruptionFilter.maxRate,
      },
      safety_gate: {
        enabled: config.safetyGate.enabled,
        max_crash_probability: config.safetyGate.maxCrashProbability,
      },
      bin_packing: config.binPacking,
      decision: { switch_margin: config.decision.switchMargin },
      reactive_override: config.reactiveOverride,
    };
  }
}

/** What was sent, with defaults for the rest. */
export function pipelineConfigOf(sent: PipelineConfigDto): PipelineConfig {
  const defaults = DEFAULT_PIPELINE_CONFIG;
  return {
    hardwareFilter: { enabled: sent.hardware_filter?.enabled ?? defaults.hardwareFilter.enabled },
    rightSizing: {
      enabled: sent.right_sizing?.enabled ?? defaults.rightSizing.enabled,
      maxFactor: sent.right_sizing?.max_factor ?? defaults.rightSizing.maxFactor,
    },
    interruptionFilter: {
      enabled: sent.interruption_filter?.enabled ?? defaults.interruptionFilter.enabled,
      maxRate: sent.interruption_filter?.max_rate ?? defaults.interruptionFilter.maxRate,
    },
    safetyGate: {
      enabled: sent.safety_gate?.enabled ?? defaults.safetyGate.enabled,
      maxCrashProbability: sent.safety_gate?.max_crash_probability ?? defaults.safetyGate.maxCrashProbability,
    },
    binPacking: { enabled: sent.bin_packing?.enabled ?? defaults.binPacking.enabled },
    decision: { switchMargin: sent.decision?.switch_margin ?? defaults.decision.switchMargin },
    reactiveOverride: { enabled: true },
  };
}
