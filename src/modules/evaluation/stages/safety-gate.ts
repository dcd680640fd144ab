import { found, type PipelineStage } from '../decision-context.js';
import { withoutRefused } from './rejection.js';

/** Nothing that is too likely to be taken back, however cheap. */
export const safetyGate: PipelineStage = {
  name: 'safety_gate',
  logType: 'OPTIMIZER',
  isOn: ({ config }) => config.safetyGate.enabled,
  run(context) {
    const most = context.config.safetyGate.maxCrashProbability;
    return withoutRefused(context, this.name, `Crash probability of at most ${most}`, ({ risk }) => {
      const { crashProbability } = found(risk);
      return crashProbability > most
        ? { reason: `Its crash probability of ${crashProbability.toFixed(3)} is above ${most}` }
        : null;
    });
  },
};
