/** Read before all other modules are loaded, which takes a second. */
const shell = process.ppid;
const LOOK_EVERY_MS = 500;

/**
 * Where npm runs this process, there is a shell between the two, and a signal to npm ends
 * that shell, which does not pass it on: this process would go on with nobody to end it.
 */
export function onceShellIsGone(stop: () => void): void {
  const look = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(look);
    stop();
  }, LOOK_EVERY_MS).unref();
}
