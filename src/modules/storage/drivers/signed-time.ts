/** Amazon and Google sign for no longer than a week. */
const WEEK = 7 * 24 * 60 * 60;

export function mostSeconds(wished: number): number {
  return Math.min(wished, WEEK);
}
