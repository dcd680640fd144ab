import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A connection on its way, known by what its client said first. */
interface Passing {
  readonly client: Socket;
  readonly server: Socket;
  said: Buffer;
  isSwallowed: boolean;
}

type Choice = (said: Buffer) => boolean;

/** Stands before a server of any protocol, on a free loopback port, and swallows what it is told to: nothing comes through, nothing breaks. */
export class TcpProxy {
  /** Connections that were swallowed by what they said. */
  swallowed = 0;
  private readonly passing = new Set<Passing>();
  private choice: Choice = () => false;

  private constructor(
    private readonly listening: Server,
    private readonly host: string,
    private readonly port: number,
  ) {
    listening.on('connection', (client: Socket) => this.take(client));
  }

  /** @returns the proxy, and the URL that leads through it. */
  static async before(url: string): Promise<{ proxy: TcpProxy; through: string }> {
    const listening = createServer().listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const behind = new URL(url);
    const proxy = new TcpProxy(listening, behind.hostname, Number(behind.port));
    behind.hostname = '127.0.0.1';
    behind.port = `${(listening.address() as AddressInfo).port}`;
    return { proxy, through: behind.href };
  }

  /** From now on nothing more comes through those open connections. @returns how many they are. */
  swallowOpen(which: Choice): number {
    const chosen = [...this.passing].filter(({ said }) => which(said));
    for (const one of chosen) one.isSwallowed = true;
    return chosen.length;
  }

  /** Connections are swallowed, from the bytes on of which this is said; those to come as well. */
  swallow(which: Choice): void {
    this.choice = which;
  }

  /** New connections come through again; what was swallowed stays so. */
  heal(): void {
    this.choice = () => false;
  }

  async stop(): Promise<void> {
    for (const { client, server } of this.passing) for (const end of [client, server]) end.destroy();
    this.listening.close();
    await once(this.listening, 'close');
  }

  private take(client: Socket): void {
    const server = connect(this.port, this.host);
    const one: Passing = { client, server, said: Buffer.alloc(0), isSwallowed: false };
    this.passing.add(one);
    client.on('data', (bytes: Buffer) => {
      if (one.said.length < 4_096) one.said = Buffer.concat([one.said, bytes]);
      if (!one.isSwallowed && this.choice(one.said)) {
        one.isSwallowed = true;
        this.swallowed += 1;
      }
      if (!one.isSwallowed) server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (!one.isSwallowed) client.write(bytes);
    });
    for (const [end, opposite] of [
      [client, server],
      [server, client],
    ] as const) {
      end.on('error', () => end.destroy());
      end.on('close', () => {
        this.passing.delete(one);
        opposite.destroy();
      });
    }
  }
}
