import { io, type Socket } from 'socket.io-client';
import { MACHINE } from '../../attack/sandbox.js';
import { signalUnder } from '../../src/modules/market/drivers/simulated/signals.js';
import { LogWriters } from '../../src/modules/sandbox/log-writer.js';
import type { TestApp } from './app.js';
import type { ApiClient } from './client.js';

export const NEW_SESSION = MACHINE;
export const { aws_access_key: ACCESS_KEY, aws_secret_key: SECRET_KEY } = MACHINE;

/** Opens a session. @returns its id. */
export async function opened(client: ApiClient, more: object = {}): Promise<string> {
  const { status, body } = await client.post('/sandbox/sessions', { ...NEW_SESSION, ...more });
  if (status !== 201) throw new Error(`Opening a session answered ${status}: ${JSON.stringify(body)}`);
  return body.id as string;
}

/** Opens a session that has been evaluated. @returns its id. */
export async function evaluated(client: ApiClient): Promise<string> {
  const id = await opened(client);
  const { status, body } = await client.post(`/sandbox/sessions/${id}/evaluate`, { mode: 'single_instance' });
  if (status !== 200) throw new Error(`Evaluating a session answered ${status}: ${JSON.stringify(body)}`);
  return id;
}

/** The status of an evaluation that fails by a fault of ours, which our description promises of no route. */
export async function failing({ url }: TestApp, { headers }: ApiClient, id: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/sandbox/sessions/${id}/evaluate`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{"mode":"cluster"}',
  });
  return answer.status;
}

/** Writes lines into the log of a session, as an evaluation on that replica would. @returns once they are kept. */
export async function logged(app: TestApp, sessionId: string, messages: readonly string[]): Promise<void> {
  const writer = app.cloudkeep.nest.get(LogWriters).open(sessionId);
  for (const message of messages) writer.write({ log_type: 'SYSTEM', level: 'info', message });
  await writer.drained();
}

/** A seed whose market has no warning of its own for the machine, now and in an hour. */
export function calmSeed(): string {
  const { aws_region: region, instance_id: instanceId } = MACHINE;
  const hour = Math.floor(Date.now() / 3_600_000);
  const isCalm = (seed: string) =>
    [hour, hour + 1].every(
      (at) => signalUnder(seed, { region, instanceId, family: 'm5', hour: at }) === 'none',
    );
  return Array.from({ length: 100 }, (_, index) => `calm-${index}`).find(isCalm) ?? '';
}

export const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

export interface Line {
  readonly seq: number;
  readonly message: string;
}

interface Auth {
  readonly token?: string;
  readonly session_id?: unknown;
  readonly last_seq?: unknown;
}

/** A dashboard: a real client that keeps all it is told. */
export class Dashboard {
  readonly lines: Line[] = [];
  readonly events: { readonly name: string; readonly payload: Record<string, unknown> }[] = [];
  refusal: (Error & { data?: Record<string, unknown> }) | null = null;
  closed: string | null = null;

  private constructor(readonly socket: Socket) {
    socket.on('log', (line: Line) => this.lines.push(line));
    socket.onAny((name: string, payload: Record<string, unknown>) => this.events.push({ name, payload }));
    socket.on('connect_error', (error) => (this.refusal = error));
    socket.on('disconnect', (reason) => (this.closed = reason));
  }

  /** @param more options of the client; by WebSocket alone unless they say otherwise. */
  static open(app: Pick<TestApp, 'url'>, auth: Auth, more: object = {}): Dashboard {
    return new Dashboard(
      io(`${app.url}/sandbox`, {
        path: '/api/v1/ws',
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        auth,
        ...more,
      }),
    );
  }

  get seqs(): number[] {
    return this.lines.map(({ seq }) => seq);
  }

  of(name: string): Record<string, unknown>[] {
    return this.events.filter((event) => event.name === name).map(({ payload }) => payload);
  }

  /** The answer to a message. */
  ask(event: string, ...payload: unknown[]): Promise<unknown> {
    return this.socket.timeout(5_000).emitWithAck(event, ...payload) as Promise<unknown>;
  }

  close(): void {
    this.socket.disconnect();
  }
}
