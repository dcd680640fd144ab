import { Worker } from 'node:worker_threads';

/** It does next to nothing, and its process has memory for other things. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/**
 * Ends this process within a second of the one that started it. That bounds the time
 * of models, unless it is killed outright: then one that loops would keep a core for
 * ever, and being busy never hear of it. So a thread of its own looks.
 */
export function endWithParent(): void {
  const watch = new URL('./parent-watch.thread.js', import.meta.url);
  new Worker(watch, { workerData: process.ppid, resourceLimits: LIMITS }).unref();
}
