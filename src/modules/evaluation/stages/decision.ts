import {
  found,
  nameOf,
  type DecisionContext,
  type PipelineStage,
  type Verdict,
} from '../decision-context.js';

/**
 * STAY or SWITCH.
 *
 * One instance stays unless its crash probability is above the safety gate; then
 * it should leave, to a pool that only a cluster evaluation can name.
 *
 * In a cluster it stays where its pool ranks first or is behind by no more than
 * the margin, and switches to the first otherwise. Where no pool is left it stays
 * if it is safe, else it should leave for on-demand.
 */
export const decision: PipelineStage = {
  name: 'decision',
  logType: 'OPTIMIZER',
  isOn: () => true,
  run(context) {
    const verdict = context.mode === 'cluster' ? ofCluster(context) : ofInstance(context);
    const message = `${verdict.decision}: ${verdict.reason}`;
    return { changes: { verdict }, log: [{ level: 'info', message }] };
  },
};

const stay = (reason: string): Verdict => ({ decision: 'STAY', reason, selected: null });
const leave = (reason: string): Verdict => ({ decision: 'SWITCH', reason, selected: null });

function ofInstance(context: DecisionContext): Verdict {
  const [probability, most] = riskOf(context);
  return isUnsafe(context)
    ? leave(
        `${probability} is above ${most}; a cluster evaluation says where to, on-demand is safe meanwhile.`,
      )
    : stay(`${probability} is within ${most}.`);
}

function ofCluster(context: DecisionContext): Verdict {
  const { candidates, rejected, facts, config } = context;
  const [best] = candidates;
  if (best === undefined) return withNoneLeft(context);
  if (best.isCurrent) return stay(`The current pool ranks first of ${candidates.length}.`);
  const current = candidates.find(({ isCurrent }) => isCurrent);
  if (current === undefined) {
    const why = rejected.find(({ candidate }) => candidate.isCurrent)?.reason ?? 'It is not in the running';
    return {
      decision: 'SWITCH',
      reason: `${why} (${nameOf(facts.current)}); ${nameOf(best.pool)} ranks first.`,
      selected: best,
    };
  }
  const ahead = found(best.yieldScore) - found(current.yieldScore);
  const { switchMargin } = config.decision;
  const lead = `${nameOf(best.pool)} is ahead by ${ahead.toFixed(2)} yield points`;
  return ahead <= switchMargin
    ? stay(`${lead}, within the margin of ${switchMargin}: not worth a move.`)
    : { decision: 'SWITCH', reason: `${lead}, more than the margin of ${switchMargin}.`, selected: best };
}

function withNoneLeft(context: DecisionContext): Verdict {
  const counts = new Map<string, number>();
  for (const { stage } of context.rejected) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  const by = [...counts].map(([stage, count]) => `${count} by ${stage}`).join(', ');
  const [probability, most] = riskOf(context);
  const none = `No pool is left: rejected were ${by}.`;
  return isUnsafe(context)
    ? leave(`${none} ${probability} is above ${most}: on-demand is the way out.`)
    : stay(`${none} ${probability} is within ${most}.`);
}

function isUnsafe({ config: { safetyGate }, currentRisk }: DecisionContext): boolean {
  return safetyGate.enabled && found(currentRisk).crashProbability > safetyGate.maxCrashProbability;
}

function riskOf({ config: { safetyGate }, currentRisk }: DecisionContext): [string, string] {
  const probability = `The crash probability of ${found(currentRisk).crashProbability.toFixed(3)}`;
  return [
    probability,
    safetyGate.enabled
      ? `the limit of ${safetyGate.maxCrashProbability}`
      : 'any limit (the safety gate is off)',
  ];
}
