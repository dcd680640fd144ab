import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What happens to a request on its way. */
export type Mishap =
  | { readonly kind: 'refuse'; readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  /** The answer breaks off after so many bytes of its body. */
  | { readonly kind: 'cut-answer'; readonly after: number }
  /** It stands still after so many bytes. */
  | { readonly kind: 'stall-answer'; readonly after: number }
  /** The connection breaks when so many bytes of the request's body have come. */
  | { readonly kind: 'cut-request'; readonly after: number };

interface Plan {
  readonly mishap: Mishap;
  readonly hits: (request: IncomingMessage) => boolean;
  left: number;
}

/** Stands between a store and its server, on a free loopback port, and fails as it is told. */
export class FaultyProxy {
  /** Requests seen, failed or not. */
  seen = 0;
  private plan: Plan | null = null;

  private constructor(
    private readonly server: Server,
    private readonly behind: URL,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.take(request, response));
  }

  static async before(url: string): Promise<FaultyProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultyProxy(server, new URL(url));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Fails the next `times` requests that `hits` picks. */
  fail(mishap: Mishap, times = Infinity, hits: Plan['hits'] = () => true): void {
    this.seen = 0;
    this.plan = { mishap, left: times, hits };
  }

  /** Lets everything through again. */
  heal(): void {
    this.plan = null;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    this.seen += 1;
    const { plan } = this;
    if (plan === null || plan.left <= 0 || !plan.hits(request)) return this.forward(request, response, null);
    plan.left -= 1;
    const { mishap } = plan;
    switch (mishap.kind) {
      case 'hang':
        request.resume();
        return;
      case 'reset':
        (request.socket as Socket).resetAndDestroy();
        return;
      case 'refuse':
        request.resume().once('end', () => {
          response.writeHead(mishap.status, mishap.headers).end(request.method === 'HEAD' ? '' : mishap.body);
        });
        return;
      default:
        this.forward(request, response, mishap);
    }
  }

  private forward(request: IncomingMessage, response: ServerResponse, mishap: Mishap | null): void {
    const { method, url: path, headers } = request;
    const onward = ask({ host: this.behind.hostname, port: this.behind.port, method, path, headers });
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      if (mishap?.kind === 'cut-answer' || mishap?.kind === 'stall-answer') {
        breakOff(answer, response, mishap.after, mishap.kind === 'cut-answer');
      } else answer.on('error', () => response.destroy()).pipe(response);
    });
    response.once('close', () => onward.destroy());
    let came = 0;
    request.on('data', (piece: Buffer) => {
      came += piece.length;
      if (mishap?.kind === 'cut-request' && came > mishap.after) {
        onward.destroy();
        request.socket.destroy();
      }
    });
    request.pipe(onward);
  }
}

function breakOff(answer: IncomingMessage, response: ServerResponse, after: number, isCut: boolean): void {
  let sent = 0;
  answer.on('data', (piece: Buffer) => {
    const rest = after - sent;
    if (rest <= 0) return;
    sent += piece.length;
    response.write(piece.subarray(0, rest), () => {
      if (isCut && sent >= after) response.destroy();
    });
  });
}
