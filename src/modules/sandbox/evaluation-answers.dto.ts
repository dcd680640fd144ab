import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type {
  Decision,
  EvaluatedCandidate,
  Evaluation,
  Savings,
  UsedModel,
} from '../evaluation/evaluation.service.js';
import { StageDto } from '../evaluation/stage.dto.js';
import type { Architecture, InstanceSignal } from '../market/market-data.port.js';
import { ActionDto } from './history.dto.js';
import { ARCHITECTURES, SIGNALS } from './evaluations.dto.js';

const DECISIONS = ['STAY', 'SWITCH', 'DRAIN', 'EVACUATE'] as const;
const MONEY = { example: '0.0384', description: 'US dollars an hour, exact.' };

export class RejectionDto {
  @ApiProperty({ example: 'safety_gate' })
  stage!: string;

  @ApiProperty()
  reason!: string;
}

/** A pool that was looked at; null is what it was rejected before. */
export class CandidateDto {
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: '1 for the best; null where it was rejected.',
  })
  rank!: number | null;

  @ApiProperty()
  is_current!: boolean;

  @ApiProperty({ example: 'm5.large' })
  instance_type!: string;

  @ApiProperty({ example: 'eu-west-1a' })
  availability_zone!: string;

  @ApiProperty({ type: 'integer', example: 2 })
  vcpu!: number;

  @ApiProperty({ example: 8 })
  memory_gb!: number;

  @ApiProperty({ enum: ARCHITECTURES })
  architecture!: Architecture;

  @ApiProperty(MONEY)
  spot_price!: string;

  @ApiProperty(MONEY)
  on_demand_price!: string;

  @ApiProperty({ type: 'number', nullable: true, description: 'Share of machines interrupted in a month.' })
  interruption_rate!: number | null;

  @ApiProperty({ type: 'number', nullable: true, minimum: 0, maximum: 1 })
  crash_probability!: number | null;

  @ApiProperty({ ...MONEY, type: 'string', nullable: true })
  waste_cost!: string | null;

  @ApiProperty({ ...MONEY, type: 'string', nullable: true })
  total_cost!: string | null;

  @ApiProperty({ type: 'number', nullable: true, minimum: 0, maximum: 100 })
  yield_score!: number | null;

  @ApiPropertyOptional({ type: () => RejectionDto })
  rejected?: RejectionDto;

  static of(candidate: EvaluatedCandidate): CandidateDto {
    return {
      rank: candidate.rank,
      is_current: candidate.isCurrent,
      instance_type: candidate.instanceType,
      availability_zone: candidate.availabilityZone,
      vcpu: candidate.vcpu,
      memory_gb: candidate.memoryGb,
      architecture: candidate.architecture,
      spot_price: candidate.spotPrice,
      on_demand_price: candidate.onDemandPrice,
      interruption_rate: candidate.interruptionRate,
      crash_probability: candidate.crashProbability,
      waste_cost: candidate.wasteCost,
      total_cost: candidate.totalCost,
      yield_score: candidate.yieldScore,
      ...(candidate.rejected === null ? {} : { rejected: candidate.rejected }),
    };
  }
}

export class EvaluationSavingsDto {
  @ApiProperty(MONEY)
  spot_price!: string;

  @ApiProperty(MONEY)
  on_demand_price!: string;

  @ApiProperty({ example: '0.0576', description: 'On-demand less spot, US dollars an hour, exact.' })
  hourly!: string;

  @ApiProperty({ example: '42.048', description: 'Of 730 hours.' })
  monthly!: string;

  @ApiProperty({ example: '60.00' })
  percent!: string;

  static of({ spotPrice, onDemandPrice, hourly, monthly, percent }: Savings): EvaluationSavingsDto {
    return { spot_price: spotPrice, on_demand_price: onDemandPrice, hourly, monthly, percent };
  }
}

export class ReplacedModelDto {
  @ApiProperty()
  name!: string;

  @ApiProperty()
  version!: string;

  @ApiProperty()
  problem!: string;
}

export class UsedModelDto {
  @ApiProperty({ example: 'family-stress' })
  name!: string;

  @ApiProperty({ example: '1.0.0' })
  version!: string;

  @ApiPropertyOptional({
    type: () => ReplacedModelDto,
    description: 'The model that was to be used and failed.',
  })
  fell_back_from?: ReplacedModelDto;

  static of({ name, version, fellBackFrom }: UsedModel): UsedModelDto {
    return { name, version, ...(fellBackFrom === undefined ? {} : { fell_back_from: fellBackFrom }) };
  }
}

/** What was decided, as the log and its listeners are told. */
export class DecisionDto {
  @ApiProperty({ format: 'uuid', description: 'Under which it is in the history of actions.' })
  action_id!: string;

  @ApiProperty({ enum: DECISIONS })
  decision!: Decision;

  @ApiProperty()
  reason!: string;

  @ApiProperty({ minimum: 0, maximum: 1, description: 'Of the pool the machine is in.' })
  crash_probability!: number;

  @ApiProperty({ enum: SIGNALS })
  aws_signal!: InstanceSignal;

  @ApiProperty({
    type: () => CandidateDto,
    nullable: true,
    description: 'Where to go; null where it stays, or where on-demand is the only way out.',
  })
  selected!: CandidateDto | null;

  @ApiProperty({ type: () => EvaluationSavingsDto })
  savings!: EvaluationSavingsDto;

  @ApiProperty({ type: () => UsedModelDto })
  model!: UsedModelDto;

  @ApiProperty()
  execution_time_ms!: number;

  static decided(actionId: string, evaluation: Evaluation): Decided {
    const { selected } = evaluation;
    return {
      action_id: actionId,
      decision: evaluation.decision,
      reason: evaluation.reason,
      crash_probability: evaluation.crashProbability,
      aws_signal: evaluation.awsSignal,
      selected: selected === null ? null : CandidateDto.of(selected),
      savings: EvaluationSavingsDto.of(evaluation.savings),
      model: UsedModelDto.of(evaluation.model),
      execution_time_ms: evaluation.executionTimeMs,
    };
  }
}

/** As plain data. */
export type Decided = Pick<DecisionDto, keyof DecisionDto>;

/** A decision with all that was looked at for it. */
export class FoundDto extends DecisionDto {
  @ApiProperty({ type: () => [CandidateDto], description: 'Ranked, best first; then the rejected.' })
  candidates!: CandidateDto[];

  @ApiProperty({ type: () => [StageDto] })
  stages!: StageDto[];

  static found(decided: Decided, { candidates, stages }: Evaluation): Pick<FoundDto, keyof FoundDto> {
    return {
      ...decided,
      candidates: candidates.map((candidate) => CandidateDto.of(candidate)),
      stages: stages.map((stage) => StageDto.of(stage)),
    };
  }
}

export class EvaluationDto extends FoundDto {
  @ApiProperty({ type: () => [ActionDto], description: 'What was done about it; none unless asked for.' })
  actions!: ActionDto[];

  static of(decided: Decided, evaluation: Evaluation, actions: ActionDto[]): EvaluationDto {
    return { ...FoundDto.found(decided, evaluation), actions };
  }
}
