import type { Architecture, InstanceSignal, MarketAccess } from '../market/market-data.port.js';
import type { StageName } from './decision-context.js';
import type { PipelineConfig } from './pipeline-config.js';
import type { RiskFeatures } from './risk/risk-features.js';

export type Decision = 'STAY' | 'SWITCH' | 'DRAIN' | 'EVACUATE';
export type EvaluationMode = 'single_instance' | 'cluster';
export type LogType = 'SCRAPER' | 'FILTER' | 'RISK' | 'OPTIMIZER' | 'SIGNAL' | 'ACTUATOR' | 'SYSTEM';

/** What a machine must at least have. */
export interface Requirements {
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly architecture: Architecture;
}

/** A machine on spot. */
export interface SpotInstance {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
}

/** A registered ONNX model: `load` is asked only where it is not in memory already. */
export interface OnnxModelReference {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
  load(): Promise<Uint8Array>;
}

export type ModelReference = 'family-stress' | OnnxModelReference;

export interface EvaluationRequest {
  readonly mode: EvaluationMode;
  /** None for what the instance has now. */
  readonly requirements?: Requirements;
  readonly instance: SpotInstance;
  readonly access: MarketAccess;
  readonly config: PipelineConfig;
  readonly model: ModelReference;
  /** A second opinion on the instance's pool, recorded beside: it decides nothing and delays no action. */
  readonly challenger?: ModelReference;
  /** Warnings the caller knows of; the gravest of these and the market's counts. */
  readonly signals?: readonly InstanceSignal[];
  /** Whether the caller acts on the decision: then nothing says what would be done about it. */
  readonly isActedOn?: boolean;
}

export interface LogLine {
  readonly log_type: LogType;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface UsedModel {
  readonly name: string;
  readonly version: string;
  /** The model that was asked for and failed, and how. */
  readonly fellBackFrom?: { readonly name: string; readonly version: string; readonly problem: string };
}

/** What a challenger said of the pool the instance is in; without a probability it failed, and no other model stands in. */
export interface ChallengerOpinion {
  readonly name: string;
  readonly version: string;
  readonly crashProbability: number | null;
  readonly problem: string | null;
}

/** A pool with all that was found out about it; null is what it was rejected before. Money in dollars an hour. */
export interface EvaluatedCandidate {
  /** 1 for the best; null where it was rejected. */
  readonly rank: number | null;
  readonly isCurrent: boolean;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly architecture: Architecture;
  readonly spotPrice: string;
  readonly onDemandPrice: string;
  readonly interruptionRate: number | null;
  readonly crashProbability: number | null;
  readonly wasteCost: string | null;
  readonly totalCost: string | null;
  /** 0 to 100. */
  readonly yieldScore: number | null;
  readonly rejected: { readonly stage: StageName; readonly reason: string } | null;
}

/** Spot against on-demand price of the selected pool, else of the current one; exact decimals. */
export interface Savings {
  readonly spotPrice: string;
  readonly onDemandPrice: string;
  readonly hourly: string;
  /** Of 730 hours. */
  readonly monthly: string;
  /** To two decimals. */
  readonly percent: string;
}

export interface StageReport {
  readonly name: StageName;
  readonly state: 'done' | 'skipped';
  readonly durationMs: number;
  /** Candidates before and after. */
  readonly in: number;
  readonly out: number;
}

export interface Evaluation {
  readonly decision: Decision;
  readonly reason: string;
  /** Of the pool the instance is in, 0 to 1. */
  readonly crashProbability: number;
  readonly awsSignal: InstanceSignal;
  /** Where to go; null where it stays, or where on-demand is the only way out. */
  readonly selected: EvaluatedCandidate | null;
  /** Ranked, best first, then the rejected, those that came furthest first. */
  readonly candidates: readonly EvaluatedCandidate[];
  readonly savings: Savings;
  readonly model: UsedModel;
  /** Where one was asked. */
  readonly challenger?: ChallengerOpinion;
  /** Of the pool the instance is in. */
  readonly features: RiskFeatures;
  readonly stages: readonly StageReport[];
  readonly executionTimeMs: number;
}
