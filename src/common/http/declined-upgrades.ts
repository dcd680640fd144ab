import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** What asks for the change, and what speaks of the connection alone. */
const OF_THE_UPGRADE = /^(connection|upgrade|http2-settings)$/i;

/**
 * Answers in HTTP/1.1 whoever asks for a protocol that is not spoken where they ask, as
 * RFC 9110 section 7.8 has it: Java's HttpClient asks for HTTP/2 wherever there is no TLS.
 * Node has such a request for whoever hears of upgrades alone, and Socket.IO hangs up.
 *
 * @param path below which upgrades are somebody else's.
 */
export function declineUpgrades(server: Server, path: string): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.startsWith(path) === true) return;
    socket.pause();
    socket.unshift(Buffer.concat([withoutUpgrade(request), head]));
    server.emit('connection', socket);
    process.nextTick(() => socket.resume());
  });
}

/** But for that, the head byte for byte as it came. The last request of its connection: Node forgets headers beyond 2,000, which may have said where it ends. */
function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!OF_THE_UPGRADE.test(name)) lines.push(`${name}: ${value}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1');
}
