const LONGEST = 300;

/**
 * Why a mail did not leave, fit for a log and the outbox. Servers like to repeat
 * what they refuse, so addresses and any word long enough to be a link or a
 * secret are left out.
 */
export function describeFault(error: unknown): string {
  const { message } = error instanceof Error ? error : new Error(String(error));
  return message
    .split(/\s+/)
    .map(harmless)
    .join(' ')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST)
    .toWellFormed();
}

/** Word by word: a pattern over all of it takes the square of the longest. */
function harmless(word: string): string {
  if (word.includes('@')) return '[address]';
  return word.includes('://') ? '[…]' : word.replaceAll(/[\w%=+~-]{24,}/g, '[…]');
}
