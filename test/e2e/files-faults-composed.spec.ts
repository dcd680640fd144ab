import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { FilesJobs } from '../../src/modules/files/files.jobs.js';
import { S3Store } from '../../src/modules/storage/drivers/s3.driver.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { FaultyProxy } from '../support/faulty-proxy.js';
import { fetchFile, upload, uploaded } from '../support/files.js';
import { S3Server, S3_BUCKET } from '../support/s3-server.js';
import { rowTraces } from '../support/store-files.js';

const PREFIX = 'tenant/one/';
const SENTENCE = 'nobody but us can read this sentence ';
/** Of several sealed chunks, so that ranges cross them. */
const TEXT = SENTENCE.repeat(10_000);

/** A medium as whoever runs it sees it, and can break it. */
interface Medium {
  /** As `STORAGE_BACKEND` and what belongs to it, and as `STORAGE_REPLICA`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly location: string;
  objects(): Promise<{ readonly name: string; readonly bytes: Buffer }[]>;
  lose(): void;
  find(): void;
}

let server: S3Server;
let proxy: FaultyProxy;
const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-medium-'));
beforeAll(async () => {
  server = await S3Server.start();
  proxy = await FaultyProxy.before(server.url);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function disk(): Medium {
  const path = join(mkdtempSync(join(folder, 'disk-')), 'files');
  const files = () =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => ({
        name: decodeURIComponent(name),
        bytes: readFileSync(join(parentPath, name)),
      }));
  return {
    settings: { STORAGE_BACKEND: 'local', LOCAL_STORAGE_PATH: path },
    location: `local:${path}`,
    objects: () => Promise.resolve(files()),
    lose: () => renameSync(path, `${path}-unplugged`),
    find: () => renameSync(`${path}-unplugged`, path),
  };
}

function cloud(): Medium {
  const store = new S3Store(server.location());
  return {
    settings: { STORAGE_BACKEND: 's3', S3_BUCKET_NAME: S3_BUCKET, S3_ENDPOINT: proxy.url },
    location: `s3:${S3_BUCKET}?endpoint=${proxy.url}`,
    objects: async () => {
      const found = [];
      for await (const name of store.keys()) found.push({ name, bytes: await buffer(await store.get(name)) });
      return found;
    },
    lose: () => proxy.fail({ kind: 'reset' }),
    find: () => proxy.heal(),
  };
}

describe.each([
  ['a disk, copied to a cloud', disk, cloud],
  ['a cloud, copied to a disk', cloud, disk],
])('sealed files below a prefix on %s,', (_, ofFirst, ofSecond) => {
  let first: Medium;
  let second: Medium;
  let app: TestApp;
  let user: SignedIn;
  let client: ApiClient;
  beforeAll(async () => {
    [first, second] = [ofFirst(), ofSecond()];
    const env = {
      ...first.settings,
      S3_ACCESS_KEY: 'S3RVER',
      S3_SECRET_KEY: 'S3RVER',
      STORAGE_REPLICA: second.location,
      STORAGE_PREFIX: PREFIX,
      STORAGE_ENCRYPT: 'true',
      FILE_TRASH_DAYS: '0',
    };
    app = await TestApp.start({ env });
    user = await app.given.signedIn();
    client = app.as(user);
  });
  afterAll(() => app.stop());

  const read = async (path: string, headers = {}) => {
    const answer = await fetchFile(app, user, `${path}?mode=stream`, headers);
    return { status: answer.status, text: await answer.text() };
  };
  const readsAll = async (id: string) => {
    expect(await read(`/files/${id}/download`)).toEqual({ status: 200, text: TEXT });
    expect(await read(`/files/${id}/versions/1/download`)).toEqual({ status: 200, text: 'first' });
    const [start, end] = [65_530, 131_080];
    const part = await read(`/files/${id}/download`, { range: `bytes=${start}-${end}` });
    expect(part).toEqual({ status: 206, text: TEXT.slice(start, end + 1) });
  };
  const failures = async () =>
    /^cloudkeep_storage_replica_failures_total\{work="set"\} (\d+)$/m.exec(
      (await app.anyone.get('//metrics')).text,
    )?.[1];
  /** A file of two versions. */
  const made = async () => {
    const { id } = await uploaded(client, 'first');
    const put = await client.with({ 'content-type': 'text/plain' }).put(`/files/${id}/content`, TEXT);
    expect(put).toMatchObject({ status: 200, body: { size: TEXT.length, version: 2 } });
    return id as string;
  };
  const purged = async (id: string) => {
    expect((await client.delete(`/files/${id}`)).status).toBe(204);
    app.clock.advance(1);
    await app.cloudkeep.nest.get(FilesJobs, { strict: false }).purge();
  };

  it('come back whole, and their media see neither what they say nor half of them', async () => {
    const id = await made();
    await readsAll(id);
    for (const medium of [first, second]) {
      const objects = await medium.objects();
      expect(objects).toHaveLength(2);
      for (const { name, bytes } of objects) {
        expect(name).toMatch(new RegExp(`^${PREFIX}files/default/.*_notes\\.txt$`));
        expect([bytes.includes(SENTENCE.trim()), bytes.includes('first')]).toEqual([false, false]);
      }
    }
    const named = async (medium: Medium) =>
      new Map((await medium.objects()).map(({ name, bytes }) => [name, bytes.toString('base64')]));
    expect(await named(first)).toEqual(await named(second));
    await purged(id);
    expect([await first.objects(), await second.objects()]).toEqual([[], []]);
  });

  it('are read on while the first is gone; what can not be kept is refused', async () => {
    const id = await made();
    const before = await rowTraces(app);
    first.lose();
    try {
      await readsAll(id);
      const refused = { status: 503, body: { code: 'storage_unavailable' } };
      expect(await upload(client, TEXT)).toMatchObject(refused);
      expect(await rowTraces(app)).toEqual(before);
    } finally {
      first.find();
    }
    expect([(await first.objects()).length, (await second.objects()).length]).toEqual([2, 2]);
    await purged(id);
  });

  it('are kept and read on while the second is gone, which somebody is told', async () => {
    const told = Number((await failures()) ?? 0);
    second.lose();
    let id: string;
    try {
      id = await made();
      await readsAll(id);
      expect((await app.anyone.get('//health')).body).toMatchObject({
        status: 'degraded',
        components: { storage: { status: 'unhealthy' } },
      });
      expect((await app.anyone.get('//health/ready')).status).toBe(200);
    } finally {
      second.find();
    }
    expect(Number(await failures())).toBe(told + 2);
    // To see whether it works, a disk is written to for a moment.
    await eventually(async () => expect(await first.objects()).toHaveLength(2), { within: 5_000 });
    expect(await second.objects()).toEqual([]);
    await purged(id);
    expect(await first.objects()).toEqual([]);
  });
});
