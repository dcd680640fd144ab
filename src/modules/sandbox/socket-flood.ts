import { SandboxErrors } from './sandbox.errors.js';
import { problemOf, type LiveSocket } from './socket-protocol.js';

const PER_SECOND = 10;
const AT_ONCE = 20;
/** Refused in a row: whoever goes on after as many does not read the answers. */
const PATIENCE = 200;

const KNOWN: ReadonlySet<string> = new Set(['ping', 'subscribe']);

/** Answers what is too much or unknown itself, and ends a socket that does not stop. */
export function guardAgainstFloods(socket: LiveSocket, end: () => void): void {
  let allowance = AT_ONCE;
  let refused = 0;
  let last = performance.now();
  socket.use(([event, ...args]: [string, ...unknown[]], next) => {
    const now = performance.now();
    allowance = Math.min(AT_ONCE, allowance + ((now - last) / 1000) * PER_SECOND);
    last = now;
    const answer = args.at(-1);
    const reply = typeof answer === 'function' ? (answer as (value: unknown) => void) : undefined;
    if (allowance < 1) {
      refused++;
      if (refused > PATIENCE) end();
      else reply?.({ error: problemOf(SandboxErrors.socketFlooded()) });
      return;
    }
    allowance--;
    refused = 0;
    if (KNOWN.has(event)) next();
    else reply?.({ error: problemOf(SandboxErrors.unknownEvent()) });
  });
}
