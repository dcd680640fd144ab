import { useSyncExternalStore } from 'react';
import { Store } from './store';

const EVERY_MS = 15_000;
/** The reader's clock and ours, which ticks slowly, are never quite the server's. */
const SKEW_SECONDS = 20;
const clock = new Store(Date.now());
setInterval(() => clock.set(Date.now()), EVERY_MS);

/** Milliseconds now, anew every quarter of a minute. */
export function useNow(): number {
  return useSyncExternalStore(clock.subscribe, clock.get);
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

function sinceOrUntil(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? [];
  if (unit === undefined || size === undefined)
    return seconds > SKEW_SECONDS ? 'in less than a minute' : 'just now';
  return relative.format(Math.trunc(seconds / size), unit);
}

/** "3 hours ago", and exactly when to those who ask; `never` where there is no time. */
export function RelativeTime({
  at,
  never = 'never',
}: {
  readonly at: string | null | undefined;
  readonly never?: string;
}) {
  const now = useNow();
  if (at === null || at === undefined) return <span className="muted">{never}</span>;
  const date = new Date(at);
  return (
    <time className="nowrap" dateTime={at} title={absolute.format(date)}>
      {sinceOrUntil(date.getTime() - now)}
    </time>
  );
}

/** The exact time, in the reader's own zone. */
export function ExactTime({ at }: { readonly at: string }) {
  return <time dateTime={at}>{absolute.format(new Date(at))}</time>;
}
