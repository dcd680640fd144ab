import { buffer } from 'node:stream/consumers';
import { KIB, MIB, pattern, sha256, streamed, type Stage } from './stage.js';

export function itWrites(stage: Stage): void {
  itWritesStreams(stage);
  itReplaces(stage);
  itCopies(stage);
  itDeletes(stage);
}

function itWritesStreams(stage: Stage): void {
  const { patienceMs } = stage.options;

  it.each([
    ['set', 'announced', 0],
    ['set', 'announced', 3 * MIB + 1],
    ['setMultipart', 'unknown', 0],
    ['setMultipart', 'unknown', 1],
    ['setMultipart', 'announced', 5 * MIB],
    ['setMultipart', 'unknown', 20 * MIB + 12_345],
  ] as const)(
    '%s takes a stream of %s size, %d bytes',
    async (method, announcement, size) => {
      const key = stage.fresh();
      const bytes = pattern(size);
      const announced = announcement === 'announced' ? { size } : {};
      await stage.store[method](key, streamed(bytes), { contentType: 'text/plain', ...announced });
      expect(await stage.store.stat(key)).toMatchObject({ key, size });
      expect(sha256(await stage.read(key))).toBe(sha256(bytes));
      await stage.mustBeTidy();
    },
    2 * patienceMs,
  );

  it('keeps bytes, not the buffer they came in', async () => {
    const key = stage.fresh();
    const bytes = new Uint8Array([1, 2, 3]);
    await stage.store.set(key, bytes, { size: 3 });
    bytes.fill(9);
    expect([...(await stage.read(key))]).toEqual([1, 2, 3]);
  });

  it('keeps many objects written at once apart', async () => {
    const keys = Array.from({ length: 20 }, (_, at) => stage.fresh(`parallel-${at}`));
    await Promise.all(keys.map((key) => stage.store.set(key, streamed(Buffer.from(key)))));
    for (const key of keys) expect((await stage.read(key)).toString()).toBe(key);
  });
}

function itReplaces(stage: Stage): void {
  it('replaces at once: whoever reads meanwhile gets one whole or the other', async () => {
    const key = stage.fresh();
    const versions = ['a', 'b'].map((letter, at) => Buffer.alloc((at + 1) * 300 * KIB, letter));
    const digests = versions.map(sha256);
    await stage.store.set(key, streamed(versions[0] ?? Buffer.of()));
    let isDone = false;
    const writer = (async () => {
      for (let at = 1; at < 14; at += 1)
        await stage.store.set(key, streamed(versions[at % 2] ?? Buffer.of()));
    })().finally(() => {
      isDone = true;
    });
    let reads = 0;
    const reader = async () => {
      for (; !isDone; reads += 1) expect(digests).toContain(sha256(await stage.read(key)));
    };
    await Promise.all([writer, reader(), reader(), reader()]);
    expect(reads).toBeGreaterThan(0);
    expect(sha256(await stage.read(key))).toBe(digests[1]);
    expect((await stage.store.stat(key))?.size).toBe(600 * KIB);
    await stage.mustBeTidy();
  });

  it('of two that write the same key one wins, whole', async () => {
    const key = stage.fresh();
    const versions = ['a', 'b', 'c', 'd'].map((letter) => Buffer.alloc(200 * KIB, letter));
    await Promise.all(versions.map((bytes) => stage.store.set(key, streamed(bytes))));
    expect(versions.map(sha256)).toContain(sha256(await stage.read(key)));
    await stage.mustBeTidy();
  });
}

function itCopies(stage: Stage): void {
  it('copies bytes and type, and the copy lives on by itself', async () => {
    const [from, to] = [stage.fresh('from'), stage.fresh('to')];
    const bytes = pattern(200 * KIB);
    await stage.store.set(from, bytes, { contentType: 'image/png' });
    await stage.store.set(to, Buffer.from('replaced'));
    await stage.store.copy(from, to);
    await stage.store.delete(from);
    expect(sha256(await stage.read(to))).toBe(sha256(bytes));
    expect(
      (await stage.read(to, { range: { start: 70_000, end: 70_003 } })).equals(
        bytes.subarray(70_000, 70_004),
      ),
    ).toBe(true);
    const stat = await stage.store.stat(to);
    expect(stat).toMatchObject({ key: to, size: bytes.length });
    expect(stat?.contentType).toBe(stage.options.keepsContentType ? 'image/png' : null);
    await stage.mustBeTidy();
  });

  it('copies an object onto itself without harm', async () => {
    const key = stage.fresh();
    const bytes = pattern(100 * KIB);
    await stage.store.set(key, bytes);
    await stage.store.copy(key, key);
    expect(sha256(await stage.read(key))).toBe(sha256(bytes));
    await stage.mustBeTidy();
  });

  it('copies what is empty, and not what is missing', async () => {
    const [from, to] = [stage.fresh('from'), stage.fresh('to')];
    await expect(stage.store.copy(from, to)).rejects.toMatchObject({ code: 'object_not_found', status: 404 });
    expect(await stage.store.has(to)).toBe(false);
    await stage.store.set(from, Buffer.alloc(0));
    await stage.store.copy(from, to);
    expect((await stage.read(to)).length).toBe(0);
    await stage.mustBeTidy();
  });
}

function itDeletes(stage: Stage): void {
  it('deletes, also what is not there', async () => {
    const [key, other] = [stage.fresh(), stage.fresh()];
    await stage.store.set(key, Buffer.from('x'));
    await stage.store.set(other, Buffer.from('y'));
    await stage.store.delete(key);
    await stage.store.delete(key);
    expect(await stage.store.has(key)).toBe(false);
    expect(await stage.list(key)).toEqual([]);
    await expect(stage.store.get(key)).rejects.toMatchObject({ code: 'object_not_found' });
    expect((await stage.read(other)).toString()).toBe('y');
    await stage.store.set(key, Buffer.from('again'));
    expect((await stage.read(key)).toString()).toBe('again');
  });

  it('deletes under many hands at once', async () => {
    const keys = Array.from({ length: 10 }, (_, at) => stage.fresh(`${'long'.repeat(60)}/${at}`));
    for (const round of ['one', 'two']) {
      await Promise.all(keys.map((key) => stage.store.set(key, Buffer.from(round))));
      await Promise.all([...keys, ...keys].map((key) => stage.store.delete(key)));
    }
    for (const key of keys) expect(await stage.store.has(key)).toBe(false);
    await stage.mustBeTidy();
  });

  it('lets a reader who has begun read on, or fail, but never see half as the whole', async () => {
    const key = stage.fresh();
    const bytes = pattern(3 * MIB);
    await stage.store.set(key, bytes);
    const body = await stage.store.get(key);
    await stage.store.delete(key);
    const outcome = await buffer(body).then(sha256, () => 'failed');
    expect(['failed', sha256(bytes)]).toContain(outcome);
    await stage.mustBeTidy();
  });
}
