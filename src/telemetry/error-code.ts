const SHORT_AND_PLAIN = /^[\w.-]{1,64}$/;

/**
 * What went wrong in one word, such as `market_unavailable`, `ECONNREFUSED` or `57014`.
 * The code of an error, else its name: its message may hold what a request did.
 */
export function errorCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as NodeJS.ErrnoException;
  const name = typeof code === 'string' ? code : error.name;
  return SHORT_AND_PLAIN.test(name) ? name : 'unknown';
}
