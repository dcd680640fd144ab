const HOUR_MS = 3_600_000;

/** How far back prices are told. */
export const HISTORY_HOURS = 7 * 24;

/** Full hours since 1970. */
export function hourOf(time: Date): number {
  return Math.floor(time.getTime() / HOUR_MS);
}

/** The full hours of the last 7 days, the newest last. */
export function hoursUntil(now: Date): Date[] {
  const first = hourOf(now) - HISTORY_HOURS + 1;
  return Array.from({ length: HISTORY_HOURS }, (_, index) => new Date((first + index) * HOUR_MS));
}
