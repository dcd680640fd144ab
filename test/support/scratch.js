import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const SHARED_MEMORY = '/dev/shm';
const GiB = 2 ** 30;
/** Several times what a run of all tests was seen to take. */
const LEAST_ROOM = 3 * GiB;
/** The workers want some, too. */
const LEAST_MEMORY = 8 * GiB;

/**
 * Where the databases of tests and the files of their servers lie: in memory where there
 * is plenty, because to copy the template to a disk takes four times the work, even if
 * nothing is ever synced, and a file that is takes 5 ms and more.
 */
export function memoryOrDisk() {
  return existsSync(SHARED_MEMORY) && hasRoom(statfsSync(SHARED_MEMORY)) ? SHARED_MEMORY : tmpdir();
}

function hasRoom({ bavail, bsize }) {
  return bavail * bsize >= LEAST_ROOM && process.availableMemory() >= LEAST_MEMORY;
}
