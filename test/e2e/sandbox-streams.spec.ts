import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { logged, numbered, opened } from '../support/sandbox.js';

const SOON = { within: 3_000 };

interface ServerEvent {
  readonly id?: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** `curl -N`: reads what comes, until either side ends it. */
class Curl {
  text = '';
  isOver = false;
  private readonly controller = new AbortController();

  static async open(on: TestApp, path: string, headers: Record<string, string>): Promise<Curl> {
    const curl = new Curl();
    const response = await fetch(`${on.url}/api/v1${path}`, { headers, signal: curl.controller.signal });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    void curl.read(response);
    return curl;
  }

  private async read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? [])
        this.text += decoder.decode(chunk as Uint8Array, { stream: true });
    } catch {
      // Ended by us.
    }
    this.isOver = true;
  }

  get events(): ServerEvent[] {
    return this.text
      .split('\n\n')
      .filter((block) => block.includes('data: '))
      .map((block) => {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        const seq = field('id');
        const event = { event: field('event') ?? '', data: JSON.parse(field('data') ?? '') };
        return seq === undefined ? event : { id: Number(seq), ...event };
      });
  }

  get seqs(): number[] {
    return this.events.flatMap(({ id }) => (id === undefined ? [] : [id]));
  }

  close(): void {
    this.controller.abort();
  }
}

let app: TestApp;
let other: TestApp;
let user: SignedIn;
let id: string;
let open: Curl[];
beforeAll(async () => {
  app = await TestApp.start();
  other = await TestApp.start({ replicaOf: app });
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});
beforeEach(async () => {
  open = [];
  user = await app.given.signedIn();
  id = await opened(app.as(user));
});
afterEach(() => {
  for (const curl of open) curl.close();
});

async function follow(more = '', headers: Record<string, string> = {}, on = app): Promise<Curl> {
  const authorization = `Bearer ${user.token}`;
  const curl = await Curl.open(on, `/sandbox/sessions/${id}/logs?follow=true${more}`, {
    authorization,
    ...headers,
  });
  open.push(curl);
  return curl;
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('a log followed', () => {
  it('is told from its first line to its end, with decisions in their places', async () => {
    await logged(app, id, numbered(1, 3));
    const [here, there] = [await follow(), await follow('', {}, other)];
    await app.as(user).post(`/sandbox/sessions/${id}/evaluate`, { mode: 'cluster' });
    await app.as(user).delete(`/sandbox/sessions/${id}`);
    for (const curl of [here, there]) {
      await eventually(() => expect(curl.isOver).toBe(true), SOON);
      const names = curl.events.map(({ event }) => event);
      expect(curl.seqs).toEqual(upTo(curl.seqs.length));
      expect(names.filter((name) => name !== 'log')).toEqual(['decision', 'session_ended']);
      expect(curl.events.at(-1)).toEqual({
        event: 'session_ended',
        data: { session_id: id, reason: 'deleted' },
      });
    }
    const { items } = (await app.as(user).get(`/sandbox/sessions/${id}/logs`)).body;
    const told = here.events.filter(({ event }) => event === 'log').map(({ data }) => data);
    expect(told).toEqual(items);
  });

  it('goes on where it was left, on either replica, while more is written', async () => {
    const written = { isOver: false };
    const publisher = (async () => {
      for (let from = 1; !written.isOver; from += 20) await logged(app, id, numbered(from, from + 19));
    })();
    const seen: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const last = seen.at(-1);
      const headers = last === undefined ? {} : { 'last-event-id': String(last) };
      const curl = await follow('', headers, turn % 2 === 0 ? app : other);
      await eventually(() => expect(curl.seqs.length).toBeGreaterThan(30), SOON);
      curl.close();
      seen.push(...curl.seqs);
    }
    written.isOver = true;
    await publisher;
    expect(seen).toEqual(upTo(seen.length));
  });

  it('shows what is asked for', async () => {
    const curl = await follow('&level=error');
    await logged(app, id, numbered(1, 2));
    const bad = await opened(app.as(user), { instance_type: 'zz9.plural' });
    id = bad;
    const errors = await follow('&log_type=SYSTEM&level=error');
    await app.as(user).post(`/sandbox/sessions/${bad}/evaluate`, { mode: 'cluster' });
    await eventually(() => expect(errors.events).toHaveLength(1), SOON);
    expect(errors.events[0]?.data).toMatchObject({ level: 'error', log_type: 'SYSTEM' });
    expect(curl.events).toEqual([]);
  });

  it('does not begin again once its end was seen', async () => {
    await logged(app, id, ['line 1']);
    await app.as(user).delete(`/sandbox/sessions/${id}`);
    const client = app.as(user).with({ 'last-event-id': '2' });
    expect((await client.get(`/sandbox/sessions/${id}/logs?follow=true`)).status).toBe(204);
    const curl = await follow('', { 'last-event-id': '1' });
    await eventually(() => expect(curl.isOver).toBe(true), SOON);
    expect(curl.seqs).toEqual([2]);
    const odd = app.as(user).with({ 'last-event-id': 'two' });
    expect((await odd.get(`/sandbox/sessions/${id}/logs?follow=true`)).status).toBe(400);
  });

  it('ends within 5 s with the credential of its reader, and says so', async () => {
    const [here, there] = [await follow(), await follow('', {}, other)];
    await app.as(user).post('/auth/logout');
    for (const curl of [here, there]) {
      await eventually(() => expect(curl.isOver).toBe(true), { within: 5_000 });
      expect(curl.events).toMatchObject([{ event: 'refused', data: { code: 'credential_revoked' } }]);
    }
  });

  it('holds nothing for a reader that is gone', async () => {
    const gauge = async () =>
      /cloudkeep_sandbox_streams (\d+)/.exec((await app.anyone.get('//metrics')).text)?.[1];
    const curls = await Promise.all([follow(), follow(), follow()]);
    expect(await gauge()).toBe('3');
    for (const curl of curls) curl.close();
    await eventually(async () => expect(await gauge()).toBe('0'), SOON);
  });

  it('waits for a reader that is slow, and loses nothing', async () => {
    const authorization = `Bearer ${user.token}`;
    const url = `${app.url}/api/v1/sandbox/sessions/${id}/logs?follow=true`;
    const response = await fetch(url, { headers: { authorization } });
    const long = 'x'.repeat(8_000);
    for (let batch = 0; batch < 6; batch++)
      await logged(
        app,
        id,
        Array.from({ length: 300 }, () => long),
      );
    await app.as(user).delete(`/sandbox/sessions/${id}`);
    const text = await response.text();
    const seqs = [...text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
    expect(seqs).toEqual(upTo(1_801));
    expect(text).toContain('event: session_ended');
  });
});

describe('a log read', () => {
  it('is in its order, by page, level and type', async () => {
    await logged(app, id, numbered(1, 5));
    const client = app.as(user);
    const page = async (query: string) => (await client.get(`/sandbox/sessions/${id}/logs?${query}`)).body;
    const first = await page('limit=3');
    expect(first.items.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3]);
    const second = await page(`limit=3&cursor=${first.next_cursor}`);
    expect(second.items.map(({ seq }: { seq: number }) => seq)).toEqual([4, 5]);
    expect(second.next_cursor).toBeNull();
    expect((await page('level=error')).items).toEqual([]);
    expect((await page('log_type=SYSTEM&level=info')).items).toHaveLength(5);
    for (const query of ['level=loud', 'log_type=MAGIC', 'follow=maybe', 'cursor=x'])
      expect((await client.get(`/sandbox/sessions/${id}/logs?${query}`)).status).toBe(400);
  });
});
