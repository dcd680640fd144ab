import { AppError } from '../../common/errors/app-error.js';

/**
 * Of PostgreSQL, but for those of a connection or a server that ended (classes 08, 57
 * and 58). No class begins with E, as the names of system errors do: `EPIPE` is as long.
 */
const SQLSTATE = /^(?!08|57|58|E)[0-9A-Z]{5}$/;

/**
 * Whether nothing was committed for certain. Where the connection broke while
 * the database committed, a row may name the bytes: those are left for the
 * daily cleaning to decide about.
 */
export function isRolledBack(error: unknown): boolean {
  if (error instanceof AppError) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && SQLSTATE.test(code);
}
