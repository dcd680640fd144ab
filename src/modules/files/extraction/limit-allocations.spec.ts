import { limitAllocations } from './limit-allocations.js';

// For this file's own globals, for good.
beforeAll(() => limitAllocations(10_000));

it('throws once typed arrays hold more altogether, and changes nothing else of them', () => {
  const first = new Uint8Array(4_000);
  expect(first).toHaveLength(4_000);
  expect(first instanceof Uint8Array).toBe(true);
  expect(new Uint8Array([1, 2, 300])).toEqual(Uint8Array.from([1, 2, 44]));
  expect(() => new Float64Array(1_000)).toThrow(RangeError);
});

it('counts no views', () => {
  limitAllocations(100);
  const memory = new ArrayBuffer(60);
  for (let n = 0; n < 10; n++) expect(new Uint16Array(memory)).toHaveLength(30);
  expect(() => new ArrayBuffer(60)).toThrow(RangeError);
});
