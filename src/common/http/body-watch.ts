import type { IncomingMessage } from 'node:http';
import { hasBody } from './body.middleware.js';

/** As slow as Kestrel lets a body come (https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/options). */
const LEAST_BYTES_PER_SECOND = 240;
const CHECKS = 4;

/**
 * Calls `giveUp` once a body hardly came for `idleMs`, all of which it was the
 * sender's turn: while we are slow to take what came, nobody is given up. A body
 * that keeps coming may take as long as it takes, unlike under Node's own
 * `requestTimeout`, which cuts whatever has not arrived whole.
 */
export function watchBody(request: IncomingMessage, idleMs: number, giveUp: () => void): void {
  if (!hasBody(request)) return;
  const { socket } = request;
  const least = (LEAST_BYTES_PER_SECOND * idleMs) / 1000;
  let [counted, checks] = [socket.bytesRead, 0];
  // Checks are counted, not the clock asked: a server that was too busy to read must not blame the sender.
  const timer = setInterval(() => {
    if (isOurTurn(request) || socket.bytesRead - counted >= least) {
      [counted, checks] = [socket.bytesRead, 0];
      return;
    }
    checks += 1;
    if (checks < CHECKS) return;
    clearInterval(timer);
    giveUp();
  }, idleMs / CHECKS).unref();
  request.once('close', () => clearInterval(timer));
}

/** Node stops reading from a socket while this much waits to be taken. */
function isOurTurn({ complete, readableLength, readableHighWaterMark }: IncomingMessage): boolean {
  return complete || readableLength >= readableHighWaterMark;
}
