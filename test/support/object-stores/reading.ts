import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { ByteRange } from '../../../src/modules/storage/object-store.port.js';
import { KIB, MIB, pattern, sha256, type Stage } from './stage.js';

export function itReads(stage: Stage): void {
  itReadsWhole(stage);
  itReadsRanges(stage);
  itLetsGoOfReads(stage);
}

function itReadsWhole(stage: Stage): void {
  const { patienceMs } = stage.options;

  it.each([0, 1, 65_535, 65_536, 65_537, 8 * MIB + 1])(
    'gives %d bytes back, and their size',
    async (size) => {
      const key = stage.fresh();
      const bytes = pattern(size);
      const before = Date.now();
      await stage.behind.set(key, bytes, { contentType: 'image/png' });
      expect(sha256(await stage.read(key))).toBe(sha256(bytes));
      const stat = await stage.store.stat(key);
      expect(stat).toMatchObject({ key, size });
      expect(stat?.contentType).toBe(stage.options.keepsContentType ? 'image/png' : null);
      // Media tell the time by their own clock, some in whole seconds.
      expect(Math.abs((stat?.modifiedAt.getTime() ?? 0) - before)).toBeLessThan(60_000);
      expect(await stage.store.has(key)).toBe(true);
    },
    patienceMs,
  );

  it('says of what is not there that it is not', async () => {
    const key = stage.fresh('nothing');
    expect(await stage.store.has(key)).toBe(false);
    expect(await stage.store.stat(key)).toBeNull();
    await expect(stage.store.get(key)).rejects.toMatchObject({ code: 'object_not_found', status: 404 });
    await expect(stage.store.get(key, { range: { start: 0 } })).rejects.toMatchObject({
      code: 'object_not_found',
    });
  });

  it('gives one object to many readers at once', async () => {
    const key = stage.fresh();
    const bytes = pattern(700 * KIB);
    await stage.behind.set(key, bytes);
    const copies = await Promise.all(Array.from({ length: 12 }, () => stage.read(key)));
    expect(new Set(copies.map(sha256))).toEqual(new Set([sha256(bytes)]));
  });
}

function itReadsRanges(stage: Stage): void {
  const size = 300 * KIB + 17;
  const bytes = pattern(size);
  const key = stage.fresh('ranged');
  const empty = stage.fresh('empty');
  let isFilled = false;
  beforeEach(async () => {
    if (isFilled) return;
    isFilled = true;
    await stage.behind.set(key, bytes);
    await stage.behind.set(empty, Buffer.alloc(0));
  });

  it.each([
    ['the first byte', { start: 0, end: 0 }],
    ['the last byte', { start: size - 1, end: size - 1 }],
    ['the last byte, to its end', { start: size - 1 }],
    ['all of it', { start: 0 }],
    ['all of it, by positions', { start: 0, end: size - 1 }],
    ['all but the first', { start: 1 }],
    ['across a boundary of 64 KiB', { start: 65_530, end: 65_541 }],
    ['one piece of 64 KiB', { start: 65_536, end: 131_071 }],
    ['several pieces', { start: 100_000, end: 280_000 }],
    ['more than there is', { start: size - 10, end: size + 5 * MIB }],
  ] as [string, ByteRange][])('gives %s', async (_, range) => {
    const part = await stage.read(key, { range });
    const expected = bytes.subarray(range.start, (range.end ?? size - 1) + 1);
    expect(part.length).toBe(expected.length);
    expect(sha256(part)).toBe(sha256(expected));
  });

  it.each([
    ['beyond the end', () => key, size, size],
    ['far beyond the end', () => key, size + MIB, size],
    ['anywhere in an empty object', () => empty, 0, 0],
  ])('refuses to begin %s', async (_, of, start, whole) => {
    await expect(stage.store.get(of(), { range: { start } })).rejects.toMatchObject({
      code: 'range_not_satisfiable',
      status: 416,
      headers: { 'Content-Range': `bytes */${whole}` },
    });
    await stage.mustBeTidy();
  });
}

function itLetsGoOfReads(stage: Stage): void {
  it('ends a read that is given up', async () => {
    const key = stage.fresh();
    await stage.behind.set(key, pattern(4 * MIB));
    const giveUp = new AbortController();
    const body = await stage.store.get(key, { signal: giveUp.signal });
    await once(body, 'readable');
    giveUp.abort();
    await expect(finished(body)).rejects.toThrow();
    expect(body.destroyed).toBe(true);
    await stage.mustBeTidy();
  });

  it('does not begin one that was given up before', async () => {
    const key = stage.fresh();
    await stage.behind.set(key, pattern(4 * MIB));
    await expect(stage.read(key, { signal: AbortSignal.abort() })).rejects.toThrow();
    await stage.mustBeTidy();
  });

  it('is not troubled by a signal that comes after the end', async () => {
    const key = stage.fresh();
    await stage.behind.set(key, pattern(100));
    const late = new AbortController();
    expect((await stage.read(key, { signal: late.signal })).length).toBe(100);
    late.abort();
    expect((await stage.read(key)).length).toBe(100);
  });

  it('holds nothing open for readers that went away', async () => {
    const key = stage.fresh();
    await stage.behind.set(key, pattern(4 * MIB));
    const bodies = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        at % 2 === 0 ? stage.store.get(key) : stage.store.get(key, { range: { start: MIB } }),
      ),
    );
    for (const body of bodies.slice(0, 4)) await once(body, 'readable');
    for (const body of bodies) body.destroy();
    for (const body of bodies) expect(body.destroyed).toBe(true);
    await stage.mustBeTidy();
  });
}
