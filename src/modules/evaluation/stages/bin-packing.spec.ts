import { unusedShare } from './bin-packing.js';

const machine = (vcpu: number, memoryGb: number) =>
  ({ name: 'm5.large', family: 'm5', vcpu, memoryGb, architecture: 'x86_64' }) as const;
const needs = (vcpu: number, memoryGb: number) => ({ vcpu, memoryGb, architecture: 'x86_64' }) as const;

it('what a machine has beyond its needs is the mean of both shares', () => {
  expect(unusedShare(machine(2, 8), needs(2, 8))).toBe(0);
  expect(unusedShare(machine(4, 16), needs(2, 8))).toBe(0.5);
  expect(unusedShare(machine(2, 16), needs(2, 8))).toBe(0.25);
  // Where the hardware filter is off: less than needed is no waste.
  expect(unusedShare(machine(1, 4), needs(2, 8))).toBe(0);
});
