import { connect } from 'node:net';

/**
 * Sends these very bytes, then half-closes the connection (or cuts it), and
 * gives back whatever the server had to say until it closed it too.
 */
export function sendRaw(url: string, bytes: string | Buffer, { cut = false } = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes, () => (cut ? socket.resetAndDestroy() : socket.end()));
    });
    let heard = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk));
    // A server may well answer such bytes by hanging up.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}
