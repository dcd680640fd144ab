/** Runs `check` until it passes; fails with its last error after `within` milliseconds. */
export async function eventually(
  check: () => void | Promise<void>,
  { within }: { within: number },
): Promise<void> {
  const deadline = performance.now() + within;
  for (;;) {
    const begun = performance.now();
    try {
      await check();
      return;
    } catch (error) {
      // What was asked in time may be answered late.
      if (begun > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
