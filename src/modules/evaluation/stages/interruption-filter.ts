import type { PipelineStage } from '../decision-context.js';
import { withoutRefused } from './rejection.js';

/** Keeps pools whose machines are seldom taken back; where nobody knows how often, the risk model judges alone. */
export const interruptionFilter: PipelineStage = {
  name: 'interruption_filter',
  logType: 'FILTER',
  isOn: ({ mode, config }) => mode === 'cluster' && config.interruptionFilter.enabled,
  run(context) {
    const { maxRate } = context.config.interruptionFilter;
    return withoutRefused(context, this.name, `Interruption rate of at most ${maxRate}`, ({ pool }) =>
      pool.interruptionRate !== null && pool.interruptionRate > maxRate
        ? { reason: `Its interruption rate of ${pool.interruptionRate} is above ${maxRate}` }
        : null,
    );
  },
};
