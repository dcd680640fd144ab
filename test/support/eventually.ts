/** Runs `check` until it passes; fails with its last error after `within` milliseconds. */
export async function eventually(
  check: () => void | Promise<void>,
  { within }: { within: number },
): Promise<void> {
  const deadline = performance.now() + within;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
