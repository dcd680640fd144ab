import { nameOf, verdictOf, type PipelineStage } from '../decision-context.js';

const FORCED = {
  termination: {
    decision: 'EVACUATE',
    level: 'error',
    why: 'AWS has given notice that it terminates the instance',
  },
  rebalance: {
    decision: 'DRAIN',
    level: 'warn',
    why: 'AWS recommends to rebalance: the instance is at raised risk',
  },
} as const;

/** A warning of the cloud decides, whatever the model says; the best pool but the instance's own is where to go. */
export const reactiveOverride: PipelineStage = {
  name: 'reactive_override',
  logType: 'SIGNAL',
  isOn: () => true,
  run(context) {
    const { signal } = context.facts;
    if (signal === 'none')
      return { changes: {}, log: [{ level: 'debug', message: 'No warning of the cloud' }] };
    const { decision, level, why } = FORCED[signal];
    const selected = context.candidates.find(({ isCurrent }) => !isCurrent) ?? null;
    const where = selected === null ? '' : ` Best elsewhere: ${nameOf(selected.pool)}.`;
    const { decision: overruled } = verdictOf(context);
    return {
      changes: { verdict: { decision, reason: `${why}.${where}`, selected } },
      log: [{ level, message: `${why}: ${decision} instead of ${overruled}`, data: { signal, overruled } }],
    };
  },
};
