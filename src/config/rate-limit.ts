/** At most `limit` hits in `windowSeconds`. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Parses `count/seconds`; `0` turns the limit off (null); undefined when it is neither. */
export function parseRateLimit(text: string): RateLimit | null | undefined {
  if (text.trim() === '0') return null;
  const match = /^\s*([1-9]\d{0,8})\s*\/\s*([1-9]\d{0,5})\s*$/.exec(text);
  return match ? { limit: Number(match[1]), windowSeconds: Number(match[2]) } : undefined;
}
