import type { InstanceType } from '../../market/market-data.port.js';
import type { PipelineStage } from '../decision-context.js';
import type { Requirements } from '../evaluation.js';
import { Money, toMicros } from '../money.js';

/** Prices what a machine has beyond the requirements: waste = unused share x spot price, to the millionth of a dollar. */
export const binPacking: PipelineStage = {
  name: 'bin_packing',
  logType: 'OPTIMIZER',
  isOn: ({ config }) => config.binPacking.enabled,
  run({ candidates, requirements }) {
    let tight = 0;
    const packed = candidates.map((candidate) => {
      const { type, spotPrice } = candidate.pool;
      const unused = unusedShare(type, requirements);
      if (unused === 0) tight++;
      return { ...candidate, waste: toMicros(new Money(spotPrice).times(unused)) };
    });
    return {
      changes: { candidates: packed },
      log: [{ level: 'info', message: `${tight} of ${packed.length} pools waste nothing`, data: { tight } }],
    };
  },
};

/** The mean of the unused shares of vCPU and memory, 0 to 1. */
export function unusedShare(type: InstanceType, required: Requirements): number {
  const unused = (has: number, needs: number) => Math.max(0, 1 - needs / has);
  return (unused(type.vcpu, required.vcpu) + unused(type.memoryGb, required.memoryGb)) / 2;
}
