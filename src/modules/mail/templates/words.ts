/** Line breaks and other control characters, and those that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
const LONGEST_NAME = 80;

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const times = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** A point in time; JSON makes text of a Date. */
export type Moment = Date | string;

export function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(UNPRINTABLE, ' ').trim();
}

/** What somebody called something, in quotes and not too long. */
export function called(name: string): string {
  const characters = [...oneLine(name)];
  return `“${characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME).join('')}…` : characters.join('')}”`;
}

/**
 * Words of a stranger, so that mail programs make no link of them: whoever may
 * choose a name could else have us send advertisements to anybody.
 */
export function unlinked(text: string): string {
  return oneLine(text).replaceAll(/[.:/@]+(?=[^\s.:/@])/g, (punctuation) => `${punctuation} `);
}

export function greeting(name: string | null): string {
  const spoken = oneLine(name ?? '');
  const isName = spoken !== '' && spoken.length <= LONGEST_NAME && spoken === unlinked(spoken);
  return isName ? `Hello ${spoken},` : 'Hello,';
}

export function onDay(moment: Moment): string {
  return dates.format(new Date(moment));
}

export function atTime(moment: Moment): string {
  return `${times.format(new Date(moment))} UTC`;
}
