import type { PipelineStage, RejectedCandidate } from '../decision-context.js';
import { Money } from '../money.js';

/**
 * Brings back larger sizes, up to a factor of the vCPUs needed, that cost less on
 * spot than the instance does where it is. Before the other filters, so that none
 * comes in past them.
 */
export const rightSizing: PipelineStage = {
  name: 'right_sizing',
  logType: 'FILTER',
  isOn: ({ mode, config }) =>
    mode === 'cluster' && config.hardwareFilter.enabled && config.rightSizing.enabled,
  run({ requirements, config, facts, candidates, rejected }) {
    const most = requirements.vcpu * config.rightSizing.maxFactor;
    const price = new Money(facts.current.spotPrice);
    const comesBack = ({ candidate: { pool }, isOversized }: RejectedCandidate) =>
      isOversized && pool.type.vcpu <= most && price.gt(pool.spotPrice);
    const back = new Set(rejected.filter(comesBack));
    const data = { added: back.size, max_vcpu: most, below_price: facts.current.spotPrice };
    return {
      changes: {
        candidates: [...candidates, ...[...back].map(({ candidate }) => candidate)],
        rejected: rejected.filter((one) => !back.has(one)),
      },
      log: [{ level: 'info', message: `${back.size} larger pools cost less than the current one`, data }],
    };
  },
};
