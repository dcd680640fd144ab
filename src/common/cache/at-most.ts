/**
 * Bounds an `LRUCache` by the number of its entries. Its own `max` makes room for
 * them all at once: seven milliseconds and three megabytes at each start for a
 * hundred thousand that may never come.
 */
export function atMost(entries: number): {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
} {
  return { maxSize: entries, sizeCalculation: one };
}

const one = () => 1;
