import { limitAllocations } from './limit-allocations.js';

it('throws once typed arrays hold more altogether, and changes nothing else of them', () => {
  // Those of this file alone, for good.
  limitAllocations(10_000, globalThis);
  const memory = new ArrayBuffer(4_000);
  for (let n = 0; n < 10; n++) expect(new Uint16Array(memory)).toHaveLength(2_000);
  const next = new Uint8Array(4_000);
  expect(next).toHaveLength(4_000);
  expect(next instanceof Uint8Array).toBe(true);
  expect([...new Uint8Array([1, 2, 300])]).toEqual([1, 2, 44]);
  expect(() => new Float64Array(1_000)).toThrow(RangeError);
});
