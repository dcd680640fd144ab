/** What only some of the places that we run in have, as far as it is used. */
interface Platform {
  readonly document?: { readonly cookie: string };
  readonly indexedDB?: unknown;
  readonly navigator?: {
    /** Browsers have it on https and localhost only. */
    readonly locks?: { request<T>(name: string, work: () => Promise<T>): Promise<T> };
  };
}

export const platform = globalThis as unknown as Platform;

/** A name nobody guesses or repeats; `crypto.randomUUID` is missing on pages served by plain http. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** From 0 up to but without 1. */
export function randomFraction(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
