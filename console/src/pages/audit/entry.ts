import type { components } from '../../api/client';

export type Entry = components['schemas']['AuditLogDto'];

export const FILTERS = ['user_id', 'action', 'resource', 'ip', 'from', 'to'] as const;
/** What the trail is narrowed down to, as the address and the API have it. */
export type Filtered = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;
export type SetFilters = (changes: Filtered, how?: { readonly replace?: boolean }) => void;

export interface Day {
  readonly name: string;
  readonly entries: readonly Entry[];
}

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' });

/** By the reader's own days, in the order they come. */
export function byDay(entries: readonly Entry[]): readonly Day[] {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const name = day.format(new Date(entry.created_at));
    const those = days.get(name);
    if (those === undefined) days.set(name, [entry]);
    else those.push(entry);
  }
  return [...days].map(([name, those]) => ({ name, entries: those }));
}

/** When a row was written, which its id begins with (RFC 9562, version 7); null for another id. */
export function timeOf(id: string): Date | null {
  if (!/^[\da-f]{8}-[\da-f]{4}-7/.test(id)) return null;
  return new Date(Number.parseInt(id.slice(0, 13).replace('-', ''), 16));
}
