// @ts-check

/** What a person can do something about, in one line. */
export class DemoError extends Error {}

/**
 * One line for whoever runs the demo; all of it where only a programmer can help.
 *
 * @param {any} error
 * @param {string} origin of the server.
 * @returns {string}
 */
export function wordsFor(error, origin) {
  if (error instanceof DemoError) return error.message;
  if (error?.name === 'ConnectionError')
    return `No server answers at ${origin} (${error.cause?.cause?.code ?? error.code}).`;
  if (error?.name !== 'ProblemError') return String(error?.stack ?? error);
  /** @type {import('#sdk').ProblemError} */
  const { detail, errors, status, retryAfter } = error;
  const words = [detail, ...errors.map(({ field, message }) => `${field}: ${message}.`)];
  if (status === 429 && retryAfter !== null) words.push(`Try again in ${retryAfter} s.`);
  return words.join(' ');
}
