// @ts-check
import { spawnSync } from 'node:child_process';

/**
 * Server and load never share a core. PostgreSQL, started by the load's process,
 * runs beside the load: both sides of a row pay alike for that.
 */
export const SERVER_CORES = '0';
export const LOAD_CORES = '1';
export const EVERY_CORE = '0,1';

/**
 * Pins this process, all its threads, and whatever it starts from now on.
 *
 * @param {string} cores as `taskset` names them.
 */
export function pinSelf(cores) {
  const { status, error } = spawnSync('taskset', ['-acp', cores, String(process.pid)], { stdio: 'ignore' });
  if (status !== 0) throw new Error('Pinning needs Linux, taskset and two cores', { cause: error });
}
