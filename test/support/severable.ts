import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Connections to a server that a test can cut, whatever is spoken on them. */
export class SeverableLine {
  /** Connections made so far. */
  made = 0;
  private readonly open = new Set<Socket>();
  private isDead = false;

  private constructor(private readonly server: Server) {}

  static async to(url: string): Promise<SeverableLine> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    const line = new SeverableLine(server);
    server.on('connection', (near) => line.join(near, connect(Number(port), hostname)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Breaks all there are; those to come break at once until `mend`. */
  cut(): void {
    this.isDead = true;
    for (const socket of this.open) socket.destroy();
  }

  mend(): void {
    this.isDead = false;
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket, far: Socket): void {
    this.made += 1;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.open.add(from);
      from
        .on('error', () => undefined)
        .once('close', () => {
          this.open.delete(from);
          to.destroy();
        });
      from.pipe(to);
    }
    if (this.isDead) near.destroy();
  }
}
