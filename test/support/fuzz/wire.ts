import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import type { Outgoing } from './resolver.js';

/** What came back, as much of it as is looked at. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** After which an answer is too late, whatever was asked. */
const PATIENCE_MS = 20_000;
const kept = new Agent({ keepAlive: true, maxSockets: 16 });

/** Sends a request as it is, however odd. @throws Error when no whole answer comes. */
export async function sent(url: string, out: Outgoing): Promise<Reply> {
  try {
    return await sentOnce(url, out);
  } catch (error) {
    // A server may close a connection that nobody has used for a while just as one does.
    if ((error as { isOnUsedConnection?: boolean }).isOnUsedConnection !== true) throw error;
    return sentOnce(url, out, false);
  }
}

function sentOnce(
  url: string,
  { method, path, headers, body }: Outgoing,
  agent: Agent | false = kept,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length = body === undefined ? {} : { 'content-length': body.length };
    const call = request({
      agent,
      hostname,
      port,
      method,
      path,
      headers: { ...headers, ...length },
      timeout: PATIENCE_MS,
    });
    call.once('timeout', () => call.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
    call.once('error', (error) => reject(Object.assign(error, { isOnUsedConnection: call.reusedSocket })));
    call.once('response', (response) => {
      const { statusCode: status = 0, headers: told } = response;
      const chunks: Buffer[] = [];
      const done = () => resolve({ status, headers: told, text: Buffer.concat(chunks).toString() });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', done).once('error', reject);
      // Such an answer ends when whoever asks has had enough of it.
      if (told['content-type']?.startsWith('text/event-stream') === true) {
        response.off('error', reject).on('error', () => undefined);
        call.removeAllListeners('error').on('error', () => undefined);
        response.destroy();
        done();
      }
    });
    call.end(body);
  });
}

/** For a shell, as far as one can write it. */
export function curlOf(url: string, { method, path, headers, body }: Outgoing): string {
  const quoted = (text: string) => `$'${text.replaceAll(/[\\']/g, '\\$&').replaceAll(/[^ -~]/g, escaped)}'`;
  const told = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const text = body === undefined ? [] : [`--data-binary ${quoted(cut(body.toString('latin1')))}`];
  return ['curl', '-i', '--globoff', `-X ${method}`, ...told, ...text, quoted(url + cut(path))].join(' ');
}

const escaped = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
const cut = (text: string) => (text.length > 1_000 ? `${text.slice(0, 1_000)}…` : text);
