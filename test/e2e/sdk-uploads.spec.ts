import { randomBytes } from 'node:crypto';
import type { PreviousUpload, UrlStorage } from 'tus-js-client';
import { createCloudkeep, tokens, type UploadOptions, type UploadProgress } from '../../sdk/src/index.js';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';
import { FaultyProxy } from '../support/faulty-proxy.js';
import { MIB, sha256 } from '../support/tus.js';

let app: TestApp;
let proxy: FaultyProxy;
let user: SignedIn;
beforeAll(async () => {
  app = await TestApp.start({ env: { MAX_UPLOAD_BYTES: String(8 * MIB) } });
  proxy = await FaultyProxy.before(app.url);
  user = await app.given.signedIn();
});
afterEach(() => proxy.heal());
afterAll(async () => {
  await proxy.stop();
  await app.stop();
});

async function client(token = user.token) {
  const credentials = tokens();
  await credentials.accept({ access_token: token, refresh_token: user.refreshToken, expires_in: 1800 });
  return createCloudkeep({ baseUrl: proxy.url, credentials });
}

/** Where a program keeps what it has begun. */
function urlStorage(): UrlStorage & { readonly kept: Map<string, PreviousUpload> } {
  const kept = new Map<string, PreviousUpload>();
  const begun = (fingerprint: string) => [...kept].filter(([key]) => key.startsWith(fingerprint));
  return {
    kept,
    findAllUploads: () => Promise.resolve([...kept.values()]),
    findUploadsByFingerprint: (fingerprint) =>
      Promise.resolve(begun(fingerprint).map(([urlStorageKey, upload]) => ({ ...upload, urlStorageKey }))),
    removeUpload: (key) => Promise.resolve(void kept.delete(key)),
    addUpload: (fingerprint, upload) => {
      const key = `${fingerprint} ${kept.size}`;
      kept.set(key, upload);
      return Promise.resolve(key);
    },
  };
}

const bytes = (size: number) => Uint8Array.from(randomBytes(size));
const isPatch = ({ method }: { method?: string | undefined }) => method === 'PATCH';
const filesOf = async (name: string) => (await app.as(user).get(`/files?q=${name}`)).body.items;

describe('an upload', () => {
  it('is a file with all that is said of it', async () => {
    const content = bytes(100_000);
    const file = await (
      await client()
    ).upload(new File([content], 'päper.txt', { type: 'text/x-paper' }), {
      collection: 'papers',
      resource_type: 'person',
      resource_id: '42',
      metadata: { year: 2024 },
    });
    expect(file).toMatchObject({
      file_name: 'päper.txt',
      collection: 'papers',
      size: content.length,
      sha256: sha256(Buffer.from(content)),
      resource_type: 'person',
      resource_id: '42',
      metadata: { year: 2024 },
    });
  });

  it('can be a stream, or empty', async () => {
    const content = bytes(300_000);
    const stream = new Blob([content]).stream() as ReadableStream<Uint8Array>;
    const { upload } = await client();
    const file = await upload(stream, { name: 's.bin', size: content.length, chunkSize: 70_000 });
    expect(file.sha256).toBe(sha256(Buffer.from(content)));
    expect((await upload(new Blob([]), { name: 'none.bin' })).size).toBe(0);
    const short = upload(new Blob([content]).stream(), { name: 'short.bin', size: content.length + 1 });
    await expect(short).rejects.toThrow('The stream ended after 300000 of 300001 bytes.');
  });

  it.each(['blob', 'stream'])('goes on by itself where its connection broke: %s', async (kind) => {
    const content = bytes(MIB);
    const name = `broken-${kind}.bin`;
    const progress: UploadProgress[] = [];
    proxy.fail({ kind: 'cut-request', after: 100_000 }, 2, isPatch);
    const { upload } = await client();
    const blob = new Blob([content]);
    const options: UploadOptions = {
      name,
      size: content.length,
      chunkSize: 300_000,
      onProgress: (one) => progress.push(one),
    };
    const file = await upload(kind === 'blob' ? blob : blob.stream(), options);
    expect(file.sha256).toBe(sha256(Buffer.from(content)));
    expect(progress.at(-1)).toEqual({ sent: content.length, total: content.length });
    expect(progress.every(({ total }) => total === content.length)).toBe(true);
    expect(await filesOf(name)).toHaveLength(1);
  });

  it('is begun once though the answer to its beginning was lost', async () => {
    proxy.fail({ kind: 'cut-answer', after: 5 }, 1, ({ method }) => method === 'POST');
    await (await client()).upload(new Blob(['hello']), { name: 'lost.txt' });
    const begun = await app.database.query(`SELECT FROM file_uploads WHERE file_name = 'lost.txt'`);
    expect(begun).toHaveLength(1);
  });

  it('that was given up goes on later, in another process too', async () => {
    const content = bytes(MIB);
    const file = new File([content], 'later.bin', { lastModified: 1 });
    const storage = urlStorage();
    const controller = new AbortController();
    const reason = new Error('The page was left.');
    const first = (await client()).upload(file, {
      storage,
      chunkSize: 300_000,
      signal: controller.signal,
      onProgress: ({ sent }) => {
        if (sent >= 600_000) controller.abort(reason);
      },
    });
    await expect(first).rejects.toBe(reason);
    expect(storage.kept.size).toBe(1);
    const sent: number[] = [];
    const again = await (await client()).upload(file, { storage, onProgress: (one) => sent.push(one.sent) });
    expect(again.sha256).toBe(sha256(Buffer.from(content)));
    expect(Math.min(...sent)).toBeGreaterThanOrEqual(300_000);
    expect(storage.kept.size).toBe(0);
  });

  it('that is given up before it has begun leaves nothing', async () => {
    const controller = new AbortController();
    const { upload } = await client();
    const given = upload(new Blob(['hello']), { name: 'never.txt', signal: controller.signal });
    const reason = new Error('The page was left.');
    controller.abort(reason);
    await expect(given).rejects.toBe(reason);
    expect(await app.database.query(`SELECT FROM file_uploads WHERE file_name = 'never.txt'`)).toEqual([]);
  });

  it('is not taken for another of the same name that says something else', async () => {
    const file = new File([bytes(200_000)], 'same.bin', { lastModified: 1 });
    const storage = urlStorage();
    const controller = new AbortController();
    const onProgress = ({ sent }: UploadProgress) => {
      if (sent >= 50_000) controller.abort();
    };
    const one = { storage, chunkSize: 50_000, signal: controller.signal, onProgress };
    await expect((await client()).upload(file, { ...one, collection: 'first' })).rejects.toThrow();
    const { collection } = await (await client()).upload(file, { storage, collection: 'second' });
    expect(collection).toBe('second');
  });

  it('goes on with a new token where the old one is refused', async () => {
    app.clock.advance(-1_801);
    const old = await app.given.signIn(user).finally(() => app.clock.advance(1_801));
    const credentials = tokens();
    await credentials.accept({ access_token: old.token, refresh_token: old.refreshToken, expires_in: 1800 });
    const { upload } = createCloudkeep({ baseUrl: proxy.url, credentials });
    expect((await upload(new Blob(['hello']), { name: 'renewed.txt' })).size).toBe(5);
    expect((await credentials.current())?.access_token).not.toBe(old.token);
  });

  it('waits as long as a busy server asks, and not beyond reason', async () => {
    const busy = (wait: string) =>
      ({ kind: 'refuse', status: 503, headers: { 'retry-after': wait } }) as const;
    proxy.fail(busy('0'), 2, isPatch);
    expect((await (await client()).upload(new Blob(['hello']), { name: 'busy.txt' })).size).toBe(5);
    proxy.fail(busy('3600'), Infinity, isPatch);
    const refused = (await client()).upload(new Blob(['hello']), { name: 'busier.txt' });
    await expect(refused).rejects.toMatchObject({ name: 'ProblemError', status: 503, retryAfter: 3600 });
  });

  it('is refused in the words of any other call', async () => {
    let isLeftOpen = true;
    const content = new ReadableStream<Uint8Array>({
      cancel: () => {
        isLeftOpen = false;
      },
    });
    const large = (await client()).upload(content, { name: 'large.bin', size: 9 * MIB });
    await expect(large).rejects.toMatchObject({ name: 'ProblemError', status: 413, code: 'file_too_large' });
    expect(isLeftOpen).toBe(false);
    const badly = (await client()).upload(new Blob(['a']), { name: 'a.txt', collection: '!' });
    await expect(badly).rejects.toMatchObject({ errors: [expect.objectContaining({ field: 'collection' })] });
    await expect((await client()).upload(new Blob(['a']))).rejects.toThrow('The name of what is no File');
  });
});
