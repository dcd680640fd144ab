import type { InstanceType } from '../../market/market-data.port.js';
import type { PipelineStage } from '../decision-context.js';
import type { Requirements } from '../evaluation.js';
import { EvaluationErrors } from '../evaluation.errors.js';
import { withoutRefused, type Refusal } from './rejection.js';

/**
 * Keeps the machines of the architecture asked for with enough memory, of the
 * smallest number of vCPUs that any of them meets the requirements with. Larger
 * ones would do as well, and wait for the right-sizing expander; the instance's
 * own is already there, so it stays in the running, at the price of its waste.
 *
 * @throws AppError `requirements_impossible` where no pool of the region would do.
 */
export const hardwareFilter: PipelineStage = {
  name: 'hardware_filter',
  logType: 'FILTER',
  isOn: ({ mode, config }) => mode === 'cluster' && config.hardwareFilter.enabled,
  run(context) {
    const { requirements, candidates } = context;
    const fitting = candidates.filter(({ pool }) => shortcoming(pool.type, requirements) === null);
    if (fitting.length === 0) {
      throw EvaluationErrors.requirementsImpossible(requirements, context.region);
    }
    const least = fitting.reduce((vcpu, { pool }) => Math.min(vcpu, pool.type.vcpu), Infinity);
    const { vcpu, memoryGb, architecture } = requirements;
    return withoutRefused(
      context,
      this.name,
      `Hardware for ${vcpu} vCPU, ${memoryGb} GB, ${architecture}`,
      ({ pool, isCurrent }) =>
        shortcoming(pool.type, requirements) ?? (isCurrent ? null : surplus(pool.type, least)),
    );
  },
};

function shortcoming(type: InstanceType, required: Requirements): Refusal | null {
  if (type.architecture !== required.architecture) {
    return { reason: `${type.architecture} is not ${required.architecture}` };
  }
  if (type.vcpu < required.vcpu) return { reason: `${type.vcpu} vCPU are less than ${required.vcpu}` };
  if (type.memoryGb < required.memoryGb) {
    return { reason: `${type.memoryGb} GB are less than ${required.memoryGb}` };
  }
  return null;
}

function surplus({ vcpu }: InstanceType, least: number): Refusal | null {
  return vcpu === least
    ? null
    : { reason: `${vcpu} vCPU are more than needed: there are machines of ${least}`, isOversized: true };
}
