/** What of the pipeline an instance uses, and where its limits are. Input, risk model, ranking and decision always run. */
export interface PipelineConfig {
  readonly hardwareFilter: { readonly enabled: boolean };
  /** A larger size is considered up to `maxFactor` times the vCPUs needed. */
  readonly rightSizing: { readonly enabled: boolean; readonly maxFactor: number };
  /** A pool interrupted more often than `maxRate` (share of machines in a month, 0 to 1) is rejected. */
  readonly interruptionFilter: { readonly enabled: boolean; readonly maxRate: number };
  /** A pool with a higher crash probability (0 to 1) is rejected. */
  readonly safetyGate: { readonly enabled: boolean; readonly maxCrashProbability: number };
  readonly binPacking: { readonly enabled: boolean };
  /** Yield points by which another pool must be ahead before a move, itself an interruption, is worth it. */
  readonly decision: { readonly switchMargin: number };
  /** A warning of the cloud outranks any switch: it is always on. */
  readonly reactiveOverride: { readonly enabled: true };
}

export const DEFAULT_PIPELINE_CONFIG: PipelineConfig = {
  hardwareFilter: { enabled: true },
  rightSizing: { enabled: false, maxFactor: 4 },
  interruptionFilter: { enabled: true, maxRate: 0.2 },
  safetyGate: { enabled: true, maxCrashProbability: 0.85 },
  binPacking: { enabled: true },
  decision: { switchMargin: 5 },
  reactiveOverride: { enabled: true },
};
