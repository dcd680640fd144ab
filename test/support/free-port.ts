import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const EACH = 3_000;
const FIRST = 8_000 + EACH * (Number(process.env.JEST_WORKER_ID ?? 0) % 8);
const given = new Set<number>();

/**
 * A loopback port that nobody uses, for servers that can not choose one themselves: of this worker alone, and below
 * those that the kernel hands out, so that nobody is given it before it is used, or while a server is away.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + randomInt(EACH);
    if (given.has(port)) continue;
    given.add(port);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
