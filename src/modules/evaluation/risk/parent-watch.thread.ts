import { workerData } from 'node:worker_threads';

/** A thread: see `end-with-parent.ts`. Whoever's parent has gone has another, the system's. */
const LOOK_EVERY_MS = 1_000;

setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, LOOK_EVERY_MS);
