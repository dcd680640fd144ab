import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Patience } from './patience.js';

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Of every agent (https://nodejs.org/api/http.html#agentcreateconnectionoptions-callback), though not in its types. */
interface Connecting {
  createConnection(...how: unknown[]): Duplex | undefined;
}

/** Agents that keep connections, and give up a server to which none can be made. */
export function agentsOf({ connectMs, idleMs }: Patience): Agents {
  const options: AgentOptions = { keepAlive: true, timeout: idleMs };
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  for (const [agent, event] of [
    [http, 'connect'],
    [https, 'secureConnect'],
  ] as const) {
    const connecting = agent as unknown as Connecting;
    const connect = connecting.createConnection.bind(agent);
    connecting.createConnection = (...how) => {
      const socket = connect(...how);
      if (socket) giveUpAfter(connectMs, socket, event);
      return socket;
    };
  }
  return { http, https };
}

function giveUpAfter(ms: number, socket: Duplex, event: string): void {
  const late = setTimeout(() => {
    socket.destroy(Object.assign(new Error(`No connection within ${ms} ms`), { code: 'ETIMEDOUT' }));
  }, ms);
  const done = () => clearTimeout(late);
  socket.once(event, done).once('close', done);
}
