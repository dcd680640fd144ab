import type {
  Candidate,
  DecisionContext,
  RejectedCandidate,
  StageName,
  StageResult,
} from '../decision-context.js';

/** Why a candidate is out of the running; a larger size than needed may come back. */
export interface Refusal {
  readonly reason: string;
  readonly isOversized?: boolean;
}

/** The candidates that `refusalOf` lets pass; the others, with stage and reason, among the rejected. */
export function withoutRefused(
  context: DecisionContext,
  stage: StageName,
  rule: string,
  refusalOf: (candidate: Candidate) => Refusal | null,
): StageResult {
  const candidates: Candidate[] = [];
  const rejected: RejectedCandidate[] = [];
  for (const candidate of context.candidates) {
    const refusal = refusalOf(candidate);
    if (refusal === null) candidates.push(candidate);
    else
      rejected.push({ candidate, stage, reason: refusal.reason, isOversized: refusal.isOversized === true });
  }
  const counts = { passed: candidates.length, rejected: rejected.length };
  const message = `${rule}: ${counts.passed} of ${context.candidates.length} pools pass`;
  return {
    changes: { candidates, rejected: [...context.rejected, ...rejected] },
    log: [{ level: candidates.length > 0 ? 'info' : 'warn', message, data: counts }],
  };
}
