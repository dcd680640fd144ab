import { once } from 'node:events';
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

const LOOK_EVERY_MS = 50;

interface Backend {
  readonly url: URL;
  isReady: boolean;
}

/**
 * A load balancer as small as one can be: passes requests to the servers that say
 * they are ready, in turn. One that takes no connection is passed over; a
 * connection that breaks is the client's to see, as a 502 that names the server.
 */
export class RoundRobin {
  private backends: Backend[] = [];
  private turn = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor(private readonly server: Server) {
    server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void this.take(request, response),
    );
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  static async before(...urls: readonly string[]): Promise<RoundRobin> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new RoundRobin(server);
    proxy.backends = urls.map((url) => ({ url: new URL(url), isReady: true }));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  add(url: string): void {
    this.backends.push({ url: new URL(url), isReady: true });
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async look(): Promise<void> {
    await Promise.all(
      this.backends.map(async (backend) => {
        backend.isReady = await fetch(new URL('/health/ready', backend.url)).then(
          async (answer) => (await answer.text()) !== '' && answer.ok,
          () => false,
        );
      }),
    );
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    const ready = this.backends.filter(({ isReady }) => isReady);
    const first = this.turn++;
    const inTurn = ready.map((_, index) => ready[(first + index) % ready.length]?.url);
    this.pass(request, Buffer.concat(body), response, inTurn);
  }

  private pass(
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    [next, ...others]: readonly (URL | undefined)[],
  ): void {
    if (next === undefined) return void response.writeHead(503, { 'x-served-by': 'nobody' }).end();
    const { method, url: path, headers } = request;
    const servedBy = { 'x-served-by': next.origin };
    const onward = ask({ host: next.hostname, port: next.port, method, path, headers, agent: false });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...servedBy });
      answer.on('error', () => response.destroy()).pipe(response);
    });
    onward.on('error', ({ code }: NodeJS.ErrnoException) => {
      // Nothing was sent yet: another may take it.
      if (code === 'ECONNREFUSED') this.pass(request, body, response, others);
      else if (response.headersSent) response.destroy();
      else response.writeHead(502, servedBy).end();
    });
    response.once('close', () => onward.destroy());
    onward.end(body);
  }
}
