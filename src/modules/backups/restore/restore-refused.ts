/** A restore does not begin. The message says why, and what to do about it; nothing was touched. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}
