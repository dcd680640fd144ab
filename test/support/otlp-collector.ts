import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Tracing } from '../../src/telemetry/tracing.js';
import type { TestApp } from './app.js';
import { fieldsOf } from './protobuf.js';

const KINDS = ['', 'internal', 'server', 'client'];
const ERROR = 2n;

/** A span as it arrived (opentelemetry/proto/trace/v1/trace.proto). */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for one that is below none. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Ids of the spans that it is linked to. */
  readonly links: readonly string[];
  readonly isError: boolean;
}

/** An OTLP collector that keeps all it is sent. */
export class OtlpCollector {
  readonly spans: SentSpan[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  resource: Readonly<Record<string, unknown>> = {};
  /** All of it, byte for byte. */
  bytes = Buffer.alloc(0);
  /** What it answers. */
  status = 200;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.headers.push(request.headers);
        if (request.url === '/v1/traces' && this.status === 200) this.keep(Buffer.concat(chunks));
        response.writeHead(this.status).end();
      });
    });
  }

  static async start(): Promise<OtlpCollector> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new OtlpCollector(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The spans of what `work` did, once they are all here. */
  async spansOf(app: TestApp, work: () => Promise<unknown>): Promise<SentSpan[]> {
    await flush(app);
    const before = this.spans.length;
    await work();
    await flush(app);
    return this.spans.slice(before);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private keep(body: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, body]);
    for (const resourceSpans of messages(body, 1)) {
      this.resource = attributesOf(messages(resourceSpans, 1)[0] ?? Buffer.alloc(0), 1);
      for (const scope of messages(resourceSpans, 2)) this.spans.push(...messages(scope, 2).map(spanOf));
    }
  }
}

/** Lets what was begun end, and sends it. */
export async function flush(app: TestApp): Promise<void> {
  // The end of a request is heard a moment after its answer.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await app.cloudkeep.nest.get(Tracing).flush();
}

function spanOf(content: Uint8Array): SentSpan {
  const text = (number: number, encoding: BufferEncoding) => textOf(content, number, encoding);
  const status = messages(content, 15)[0];
  return {
    traceId: text(1, 'hex'),
    spanId: text(2, 'hex'),
    parentId: text(4, 'hex'),
    name: text(5, 'utf8'),
    kind: KINDS[Number(fieldsOf(content).get(6)?.[0])] ?? '',
    attributes: attributesOf(content, 9),
    links: messages(content, 13).map((link) => textOf(link, 2, 'hex')),
    isError: status !== undefined && fieldsOf(status).get(3)?.[0] === ERROR,
  };
}

function attributesOf(content: Uint8Array, number: number): Record<string, unknown> {
  return Object.fromEntries(
    messages(content, number).map((pair) => [textOf(pair, 1, 'utf8'), valueOf(messages(pair, 2)[0])]),
  );
}

/** Texts and whole numbers are all we send. */
function valueOf(content: Uint8Array = new Uint8Array()): unknown {
  const whole = fieldsOf(content).get(3)?.[0];
  return whole === undefined ? textOf(content, 1, 'utf8') : Number(whole);
}

const messages = (content: Uint8Array, number: number) =>
  (fieldsOf(content).get(number) ?? []) as Uint8Array[];
const textOf = (content: Uint8Array, number: number, encoding: BufferEncoding) =>
  Buffer.from(messages(content, number)[0] ?? []).toString(encoding);
