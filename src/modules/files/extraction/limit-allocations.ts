const KINDS = [
  'ArrayBuffer',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

type Constructor = new (...args: unknown[]) => object;

/**
 * Lets code that is loaded from now on make typed arrays of `most` bytes
 * altogether, then throws RangeError. They live outside of V8's heap, so no flag
 * bounds them, and a few kilobytes of a compressed stream become gigabytes there.
 * For a whole process, once, unless it is told of other globals.
 */
export function limitAllocations(most: number, scope: object = globalThis): void {
  let left = most;
  const globals = scope as Record<string, Constructor>;
  for (const kind of KINDS) {
    const original = globals[kind] as Constructor & { BYTES_PER_ELEMENT?: number };
    const width = original.BYTES_PER_ELEMENT ?? 1;
    globals[kind] = new Proxy(original, {
      construct(target, args, newTarget) {
        left -= elementsOf(args[0]) * width;
        if (left < 0) throw new RangeError(`More than ${most} bytes of typed arrays`);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
  }
}

/** A view of a buffer allocates nothing. */
function elementsOf(source: unknown): number {
  if (typeof source === 'number') return Number.isFinite(source) ? Math.max(0, source) : 0;
  if (typeof source !== 'object' || source === null || !('length' in source)) return 0;
  return Number(source.length);
}
