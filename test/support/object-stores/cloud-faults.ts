import { jest } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { faultIn } from '../../../src/modules/storage/drivers/cloud-fault.js';
import type { Patience } from '../../../src/modules/storage/drivers/patience.js';
import type { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import { eventually } from '../eventually.js';
import { FaultyProxy, type Mishap } from '../faulty-proxy.js';
import { MIB, pattern, sha256, streamed } from './stage.js';

jest.setTimeout(90_000);

const PATIENCE: Patience = {
  connectMs: 1_000,
  idleMs: 500,
  attempts: 4,
  backoffMs: 5,
  leastBytesPerMs: 4_000,
};

interface Cloud {
  readonly url: string;
  stop(): Promise<void>;
  leftovers?(): Promise<string[]>;
}

/** A cloud that can be made to fail, and how it says so. */
export interface FailingCloud {
  readonly name: string;
  /** The server, and its store behind a proxy at this address, with parts of at most 5 MiB. */
  start(): Promise<{ server: Cloud; open: (url: string, patience: Patience) => ObjectStore }>;
  readonly busy: Refusal;
  readonly broken: Refusal;
  readonly forbidden: Refusal;
  readonly full: Refusal;
}
type Refusal = Omit<Extract<Mishap, { kind: 'refuse' }>, 'kind'>;

/** What is loaded by the first question of all takes longer than answers may. */
const ready = (store: ObjectStore) => eventually(() => store.check(), { within: 30_000 });
const writes = ({ method }: IncomingMessage) => method === 'PUT' || method === 'POST';

/** What a store makes of a cloud that fails: asks again what may be, gives up the rest, never takes half for whole. */
export function describeCloudFaults(cloud: FailingCloud): void {
  describe(`When ${cloud.name} fails,`, () => {
    let server: Cloud;
    let proxy: FaultyProxy;
    let store: ObjectStore;
    let open: (url: string, patience: Patience) => ObjectStore;
    let keys = 0;
    const fresh = () => `faults/${++keys}`;
    const refuse = (how: 'busy' | 'broken' | 'forbidden' | 'full'): Mishap => ({
      kind: 'refuse',
      ...cloud[how],
    });
    const outcome = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: unknown) => faultIn(error)?.kind ?? (error as { code?: string }).code ?? String(error),
      );

    beforeAll(async () => {
      const started = await cloud.start();
      ({ server, open } = started);
      proxy = await FaultyProxy.before(server.url);
      store = open(proxy.url, PATIENCE);
      await ready(store);
    });
    afterEach(() => proxy.heal());
    afterAll(async () => {
      await store.close();
      await proxy.stop();
      await server.stop();
    });

    /** Beside others that wait as well, whose mishaps are not its own. */
    async function apart(work: (store: ObjectStore, proxy: FaultyProxy) => Promise<void>): Promise<void> {
      const between = await FaultyProxy.before(server.url);
      const own = open(between.url, PATIENCE);
      try {
        await ready(own);
        await work(own, between);
      } finally {
        await own.close();
        await between.stop();
      }
    }

    const everything = (key: string, store: ObjectStore): Record<string, () => Promise<unknown>> => ({
      get: async () => buffer(await store.get(key)),
      stat: () => store.stat(key),
      set: () => store.set(key, Buffer.from('again')),
      'set of a small stream': () => store.set(key, streamed(Buffer.from('again')), { size: 5 }),
      setMultipart: () => store.setMultipart(key, streamed(Buffer.from('again'))),
      keys: async () => {
        for await (const _ of store.keys(key)) return;
      },
      copy: () => store.copy(key, `${key}-copy`),
      delete: () => store.delete(key),
    });

    it.each([
      ['is too busy', () => refuse('busy'), 2],
      ['fails inside', () => refuse('broken'), 2],
      ['breaks connections', (): Mishap => ({ kind: 'reset' }), 2],
    ])('it is asked again where it %s once or twice', async (_, mishap, times) => {
      const key = fresh();
      await store.set(key, Buffer.from('first'));
      for (const [what, work] of Object.entries(everything(key, store))) {
        proxy.fail(mishap(), times);
        expect(`${what}: ${await outcome(work())}`).toBe(`${what}: done`);
        expect(proxy.seen).toBeGreaterThan(times);
      }
    });

    it('it is asked again where it does not answer once', async () => {
      await Promise.all(
        Object.keys(everything('', store)).map((what) =>
          apart(async (own, between) => {
            const key = fresh();
            await own.set(key, Buffer.from('first'));
            between.fail({ kind: 'hang' }, 1);
            const work = everything(key, own)[what]?.() ?? Promise.reject(new Error('No such work'));
            expect(`${what}: ${await outcome(work)}`).toBe(`${what}: done`);
            expect(between.seen).toBeGreaterThan(1);
          }),
        ),
      );
    });

    it.each([
      ['is too busy', () => refuse('busy'), 'throttled'],
      ['fails inside', () => refuse('broken'), 'server_error'],
      ['breaks connections', (): Mishap => ({ kind: 'reset' }), 'connection'],
      ['does not answer', (): Mishap => ({ kind: 'hang' }), 'timeout'],
    ])('it is given up where it %s every time', async (_, mishap, kind) => {
      const key = fresh();
      await store.set(key, Buffer.from('first'));
      proxy.fail(mishap());
      const works = Object.entries(everything(key, store));
      const start = performance.now();
      await Promise.all(
        works.map(async ([what, work]) => {
          const answer = work();
          await expect(answer).rejects.toMatchObject({ code: 'storage_unavailable', status: 503 });
          expect(`${what}: ${await outcome(answer)}`).toBe(`${what}: ${kind}`);
        }),
      );
      expect(proxy.seen).toBeLessThanOrEqual(works.length * PATIENCE.attempts);
      expect(performance.now() - start).toBeLessThan(PATIENCE.attempts * PATIENCE.idleMs + 3_000);
      const before = performance.now();
      expect(await outcome(store.check())).toBe(kind);
      expect(performance.now() - before).toBeLessThan(PATIENCE.idleMs + 1_000);
    });

    it('what will not get better is not asked for again', async () => {
      const key = fresh();
      for (const [how, kind] of [
        ['forbidden', 'forbidden'],
        ['full', 'storage_full'],
      ] as const) {
        proxy.fail(refuse(how));
        expect(await outcome(store.set(key, Buffer.from('x')))).toBe(kind);
        expect(proxy.seen).toBe(1);
      }
    });

    it('half an object is an error, never the whole', async () => {
      const key = fresh();
      const bytes = pattern(3 * MIB);
      await store.set(key, bytes);
      for (const range of [undefined, { start: MIB }]) {
        proxy.fail({ kind: 'cut-answer', after: MIB });
        const answer = (async () => buffer(await store.get(key, range === undefined ? {} : { range })))();
        await expect(answer).rejects.toMatchObject({ code: 'storage_unavailable' });
        proxy.heal();
      }
      expect(sha256(await buffer(await store.get(key)))).toBe(sha256(bytes));
    });

    it('an answer that stands still is given up, a reader that does is not', async () => {
      const key = fresh();
      const bytes = pattern(6 * MIB);
      await store.set(key, bytes);
      proxy.fail({ kind: 'stall-answer', after: MIB });
      expect(await outcome((async () => buffer(await store.get(key)))())).toBe('timeout');
      proxy.heal();
      const body = await store.get(key);
      await once(body, 'readable');
      await delay(2 * PATIENCE.idleMs);
      expect(sha256(await buffer(body))).toBe(sha256(bytes));
    });

    it.each(['set', 'setMultipart'] as const)(
      '%s that breaks midway leaves nothing',
      async (method) => {
        const bytes = pattern(11 * MIB);
        for (const mishap of [
          { kind: 'cut-request', after: MIB },
          { kind: 'hang' },
          refuse('broken'),
        ] satisfies Mishap[]) {
          const key = fresh();
          const source = streamed(bytes);
          proxy.fail(mishap, Infinity, writes);
          await expect(store[method](key, source, { size: bytes.length })).rejects.toMatchObject({
            code: 'storage_unavailable',
          });
          proxy.heal();
          expect(source.destroyed).toBe(true);
          expect(await store.has(key)).toBe(false);
        }
      },
      90_000,
    );

    it('parts are sent again, and whole uploads given up in the middle are cleaned up', async () => {
      const key = fresh();
      const bytes = pattern(11 * MIB);
      let part = 0;
      proxy.fail(refuse('busy'), 2, (request) => writes(request) && part++ % 2 === 1);
      await store.setMultipart(key, streamed(bytes));
      expect(sha256(await buffer(await store.get(key)))).toBe(sha256(bytes));

      proxy.heal();
      const giveUp = new AbortController();
      const endless = Readable.from(
        (async function* () {
          for (let at = 0; at < 12; at++) yield await Promise.resolve(pattern(MIB));
          giveUp.abort(new Error('enough'));
          yield pattern(MIB);
        })(),
      );
      await expect(store.setMultipart(fresh(), endless, { signal: giveUp.signal })).rejects.toThrow('enough');
      expect((await server.leftovers?.()) ?? []).toEqual([]);
    });
  });
}
