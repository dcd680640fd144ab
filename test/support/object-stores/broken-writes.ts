import { PassThrough, Readable } from 'node:stream';
import type { SetOptions } from '../../../src/modules/storage/object-store.port.js';
import { MIB, pattern, streamed, streamedThen, type Stage } from './stage.js';

interface Fault {
  readonly what: string;
  readonly options?: SetOptions;
  /** The body of a write that will not succeed; gives up by `giveUp`. */
  readonly body: (giveUp: AbortController) => Readable;
  readonly code?: string;
}

const GONE = new Error('the client went away');

const FAULTS: readonly Fault[] = [
  {
    what: 'the body breaks off before its first byte',
    body: () => streamedThen(Buffer.of(), (body) => body.destroy(GONE)),
  },
  {
    what: 'the body breaks off midway',
    body: () => streamedThen(pattern(7 * MIB), (body) => body.destroy(GONE)),
  },
  {
    what: 'the body is closed midway without an error',
    body: () => streamedThen(pattern(MIB), (body) => body.destroy()),
  },
  {
    what: 'the body had failed before',
    body: () => {
      const body = new PassThrough();
      body.on('error', () => undefined).destroy(GONE);
      return body;
    },
  },
  {
    what: 'the body fails before the store is ready for it',
    body: () => {
      const body = new PassThrough();
      queueMicrotask(() => body.destroy(GONE));
      return body;
    },
  },
  {
    what: 'it is given up midway',
    body: (giveUp) => streamedThen(pattern(6 * MIB), () => giveUp.abort()),
  },
  {
    what: 'it was given up before',
    body: (giveUp) => {
      giveUp.abort();
      return streamed(pattern(1000));
    },
  },
  {
    what: 'less comes than announced',
    options: { size: 1001 },
    body: () => streamed(pattern(1000)),
    code: 'size_mismatch',
  },
  {
    what: 'more comes than announced',
    options: { size: 999 },
    body: () => streamed(pattern(1000)),
    code: 'size_mismatch',
  },
  {
    what: 'something comes where nothing was announced',
    options: { size: 0 },
    body: () => streamed(pattern(1)),
    code: 'size_mismatch',
  },
  {
    what: 'nothing comes where much was announced',
    options: { size: 6 * MIB },
    body: () => streamed(Buffer.of()),
    code: 'size_mismatch',
  },
  {
    what: 'more and more comes than announced',
    options: { size: 6 * MIB },
    body: () => streamed(pattern(7 * MIB)),
    code: 'size_mismatch',
  },
];

/** A write that does not succeed leaves what was there, and nothing else. */
export function itGivesUpWhole(stage: Stage): void {
  describe.each(['set', 'setMultipart'] as const)('by %s', (method) => {
    it.each(FAULTS)(
      'leaves what was there when $what',
      async ({ body, options, code }) => {
        for (const before of [null, 'what was there']) {
          const key = stage.fresh();
          if (before !== null) await stage.store.set(key, Buffer.from(before));
          const giveUp = new AbortController();
          const source = body(giveUp);
          const write = stage.store[method](key, source, { ...options, signal: giveUp.signal });
          await (code === undefined
            ? expect(write).rejects.toThrow()
            : expect(write).rejects.toMatchObject({ code, status: 400 }));
          if (before === null) expect(await stage.store.has(key)).toBe(false);
          else expect((await stage.read(key)).toString()).toBe(before);
          expect(await stage.list(key)).toEqual(before === null ? [] : [key]);
          expect(source.destroyed).toBe(true);
        }
        await stage.mustBeTidy();
      },
      2 * stage.options.patienceMs,
    );
  });

  it('refuses bytes of another size than announced, or given up before', async () => {
    const key = stage.fresh();
    await expect(stage.store.set(key, Buffer.from('four'), { size: 5 })).rejects.toMatchObject({
      code: 'size_mismatch',
    });
    await expect(
      stage.store.set(key, Buffer.from('four'), { signal: AbortSignal.abort() }),
    ).rejects.toThrow();
    expect(await stage.store.has(key)).toBe(false);
    await stage.mustBeTidy();
  });
}
