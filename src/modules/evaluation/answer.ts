import { found, verdictOf, type Candidate, type DecisionContext } from './decision-context.js';
import type { EvaluatedCandidate, Evaluation, StageReport } from './evaluation.js';
import { written, type Money } from './money.js';
import { savingsOf } from './savings.js';

/** What the pipeline has found, as callers get it. */
export function evaluationOf(
  context: DecisionContext,
  stages: readonly StageReport[],
  executionTimeMs: number,
): Evaluation {
  const { decision, reason, selected } = verdictOf(context);
  const { features, crashProbability } = found(context.currentRisk);
  const { candidates, facts } = context;
  const ranked = candidates.map((candidate, index) => evaluated(candidate, index + 1, null));
  const chosen = selected === null ? null : (ranked[candidates.indexOf(selected)] ?? null);
  return {
    decision,
    reason,
    crashProbability,
    awsSignal: facts.signal,
    selected: chosen,
    candidates: [...ranked, ...rejectedOf(context)],
    savings: savingsOf(selected?.pool ?? facts.current),
    model: found(context.model),
    ...(context.challenger === undefined ? {} : { challenger: context.challenger }),
    features,
    stages,
    executionTimeMs,
  };
}

function rejectedOf({ rejected }: DecisionContext): EvaluatedCandidate[] {
  return rejected
    .map(({ candidate, stage, reason }) => evaluated(candidate, null, { stage, reason }))
    .reverse();
}

function evaluated(
  { pool, isCurrent, risk, waste, totalCost, yieldScore }: Candidate,
  rank: number | null,
  rejected: EvaluatedCandidate['rejected'],
): EvaluatedCandidate {
  const { type, availabilityZone, spotPrice, onDemandPrice, interruptionRate } = pool;
  const money = (amount: Money | null) => (amount === null ? null : written(amount));
  return {
    rank,
    isCurrent,
    instanceType: type.name,
    availabilityZone,
    vcpu: type.vcpu,
    memoryGb: type.memoryGb,
    architecture: type.architecture,
    spotPrice,
    onDemandPrice,
    interruptionRate,
    crashProbability: risk?.crashProbability ?? null,
    wasteCost: money(waste),
    totalCost: money(totalCost),
    yieldScore,
    rejected,
  };
}
