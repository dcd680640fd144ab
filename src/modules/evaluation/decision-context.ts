import type { InstanceSignal, InstanceType, SpotPool } from '../market/market-data.port.js';
import type {
  ChallengerOpinion,
  Decision,
  EvaluationMode,
  LogLine,
  LogType,
  ModelReference,
  Requirements,
  SpotInstance,
  UsedModel,
} from './evaluation.js';
import type { Money } from './money.js';
import type { PipelineConfig } from './pipeline-config.js';
import type { RiskFeatures } from './risk/risk-features.js';

/** What the market said, once, before the first stage: all stages see the same. */
export interface MarketFacts {
  readonly at: Date;
  readonly instanceType: InstanceType;
  readonly signal: InstanceSignal;
  /** Of the whole region. */
  readonly pools: readonly SpotPool[];
  /** The one of them the instance is in. */
  readonly current: SpotPool;
}

export interface Risk {
  readonly features: RiskFeatures;
  readonly crashProbability: number;
}

/** A pool in the running; stages add what they find. */
export interface Candidate {
  readonly pool: SpotPool;
  readonly isCurrent: boolean;
  readonly risk: Risk | null;
  readonly waste: Money | null;
  readonly totalCost: Money | null;
  readonly yieldScore: number | null;
}

export interface RejectedCandidate {
  readonly candidate: Candidate;
  readonly stage: StageName;
  readonly reason: string;
  /** It would do, but there are sizes that need less: the right-sizing expander may bring it back. */
  readonly isOversized: boolean;
}

export interface Verdict {
  readonly decision: Decision;
  readonly reason: string;
  readonly selected: Candidate | null;
}

/** All a stage may look at. Nothing in it ever changes: a stage answers with what is different after it. */
export interface DecisionContext {
  readonly mode: EvaluationMode;
  readonly region: string;
  readonly instance: SpotInstance;
  /** As asked for, else what the instance has. */
  readonly requirements: Requirements;
  readonly config: PipelineConfig;
  readonly modelReference: ModelReference;
  readonly facts: MarketFacts;
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly RejectedCandidate[];
  /** Of the pool the instance is in, whether or not it is in the running; null before the risk model. */
  readonly currentRisk: Risk | null;
  readonly model: UsedModel | null;
  readonly verdict: Verdict | null;
  readonly challenger?: ChallengerOpinion;
}

export type StageName =
  | 'single_instance_input'
  | 'cluster_input'
  | 'hardware_filter'
  | 'right_sizing'
  | 'interruption_filter'
  | 'risk_model'
  | 'safety_gate'
  | 'bin_packing'
  | 'yield_ranking'
  | 'decision'
  | 'reactive_override'
  | 'log_actuator'
  | 'challenger';

export interface StageResult {
  readonly changes: Partial<
    Pick<DecisionContext, 'candidates' | 'rejected' | 'currentRisk' | 'model' | 'verdict' | 'challenger'>
  >;
  readonly log: readonly Omit<LogLine, 'log_type'>[];
}

/** One step of a decision. Pure: what it answers depends on the context alone (risk models in processes aside). */
export interface PipelineStage {
  readonly name: StageName;
  readonly logType: LogType;
  isOn(context: DecisionContext): boolean;
  /** @throws AppError for what the caller got wrong; anything else fails the evaluation as `evaluation_failed`. */
  run(context: DecisionContext): StageResult | Promise<StageResult>;
}

export function candidateOf(pool: SpotPool, { current }: MarketFacts): Candidate {
  return { pool, isCurrent: pool === current, risk: null, waste: null, totalCost: null, yieldScore: null };
}

/** What an earlier stage, which is always on, has found. */
export function found<T>(what: T | null): T {
  if (what === null) throw new Error('A stage ran before the one it builds on');
  return what;
}

export function verdictOf(context: DecisionContext): Verdict {
  return found(context.verdict);
}

/** Such as `m5.large in eu-west-1a`. */
export function nameOf({ type, availabilityZone }: SpotPool): string {
  return `${type.name} in ${availabilityZone}`;
}
