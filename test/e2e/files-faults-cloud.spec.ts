import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { FilesJobs } from '../../src/modules/files/files.jobs.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { FaultyProxy, type Mishap } from '../support/faulty-proxy.js';
import { fetchFile, formOf, upload, uploaded } from '../support/files.js';
import { S3Server, S3_BUCKET } from '../support/s3-server.js';
import { rowTraces } from '../support/store-files.js';
import { storedKeys } from '../support/stored-objects.js';

const MIB = 1024 * 1024;
/** More than goes in one piece to S3, so that it is uploaded in two parts. */
const LARGE = randomBytes(10 * MIB);

let server: S3Server;
let proxy: FaultyProxy;
let app: TestApp;
let user: SignedIn;
let client: ApiClient;
beforeAll(async () => {
  server = await S3Server.start();
  proxy = await FaultyProxy.before(server.url);
  const { credentials } = server.location();
  app = await TestApp.start({
    env: {
      FILE_TRASH_DAYS: '0',
      STORAGE_BACKEND: 's3',
      S3_BUCKET_NAME: S3_BUCKET,
      S3_ENDPOINT: proxy.url,
      S3_ACCESS_KEY: credentials?.accessKeyId ?? '',
      S3_SECRET_KEY: credentials?.secretAccessKey ?? '',
    },
  });
  user = await app.given.signedIn();
  client = app.as(user);
});
afterEach(() => proxy.heal());
afterAll(async () => {
  await app.stop();
  await proxy.stop();
  await server.stop();
});

const broken: Mishap = {
  kind: 'refuse',
  status: 500,
  body: '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>no</Message></Error>',
};
const writes = ({ method }: IncomingMessage) => method === 'PUT' || method === 'POST';
/** Of a part beyond the first: the upload is in the middle. */
const laterParts = ({ url }: IncomingMessage) => /partNumber=([2-9])/.test(url ?? '');
const BINARY = { type: 'application/octet-stream' };
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const digest = digestOf(LARGE);

/** All that an upload could leave in the store, the database and the counts. */
async function leftBehind() {
  const rows = await rowTraces(app);
  const usage = (await client.get('/files/usage')).body;
  return { rows, usage, objects: await storedKeys(app), parts: await server.leftovers() };
}

async function downloaded(id: string): Promise<string> {
  const answer = await fetchFile(app, user, `/files/${id}/download?mode=stream`);
  expect(answer.status).toBe(200);
  return digestOf(Buffer.from(await answer.arrayBuffer()));
}

describe('while a cloud fails,', () => {
  const faults: [string, Mishap, (request: IncomingMessage) => boolean][] = [
    ['every write is answered 500', broken, writes],
    ['later parts are answered 500', broken, laterParts],
    ['connections are reset', { kind: 'reset' }, writes],
    ['connections break in the middle of a part', { kind: 'cut-request', after: MIB }, laterParts],
  ];

  it.each(faults)('an upload where %s leaves nothing, and can be sent again', async (_, mishap, hits) => {
    const before = await leftBehind();
    proxy.fail(mishap, Infinity, hits);
    const answer = await upload(client, LARGE, BINARY);
    expect(answer).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
    expect(answer.headers['retry-after']).toBe('5');
    proxy.heal();
    expect(await leftBehind()).toEqual(before);
    const file = await uploaded(client, LARGE, BINARY);
    expect([file.sha256, await downloaded(file.id)]).toEqual([digest, digest]);
  });

  it('a version that does not arrive leaves the one before', async () => {
    const file = await uploaded(client, 'as it was');
    const before = await leftBehind();
    const put = client.with({ 'content-type': 'application/octet-stream' });
    for (const body of [LARGE, Buffer.from('small')]) {
      proxy.fail(broken, Infinity, writes);
      const answer = await put.put(`/files/${file.id}/content`, body);
      expect(answer).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
      proxy.heal();
      expect(await leftBehind()).toEqual(before);
    }
    expect(await downloaded(file.id)).toBe(digestOf(Buffer.from('as it was')));
  });

  it('an upload that cannot be undone there leaves no row, and its parts to the bucket’s own rules', async () => {
    const before = await leftBehind();
    proxy.fail({ kind: 'reset' }, Infinity, (request) => laterParts(request) || request.method === 'DELETE');
    expect((await upload(client, LARGE, BINARY)).status).toBe(503);
    proxy.heal();
    const { parts, ...rest } = await leftBehind();
    expect({ ...rest, parts: before.parts }).toEqual(before);
    expect(parts.length).toBe(before.parts.length + 1);
  });

  it('a sender that gives up while the store hangs keeps nothing waiting', async () => {
    const before = await leftBehind();
    let hanging = 0;
    proxy.fail({ kind: 'hang' }, Infinity, (request) => laterParts(request) && ++hanging > 0);
    // Its second part is whole before the sender gives up.
    const value = Buffer.concat([LARGE, LARGE]);
    const { type, body } = formOf([{ name: 'file', value, fileName: 'a.bin' }]);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      `POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, body.length - 10));
    await eventually(() => expect(hanging).toBeGreaterThan(0), { within: 5_000 });
    socket.resetAndDestroy();
    await eventually(async () => expect(await leftBehind()).toEqual(before), { within: 5_000 });
  });
});

describe('a download', () => {
  let id: string;
  beforeAll(async () => {
    ({ id } = await uploaded(client, LARGE, BINARY));
  });
  const path = () => `/files/${id}/download?mode=stream`;
  const gets = ({ method }: IncomingMessage) => method === 'GET';

  const atOnce: [string, Mishap][] = [
    ['500', broken],
    ['a reset', { kind: 'reset' }],
  ];

  it.each(atOnce)(
    'that meets %s before it began is a problem, and works when asked for again',
    async (_, mishap) => {
      proxy.fail(mishap, Infinity, gets);
      const answer = await fetchFile(app, user, path(), { range: 'bytes=5-' });
      expect([answer.status, await answer.json()]).toEqual([
        503,
        expect.objectContaining({ code: 'storage_unavailable' }),
      ]);
      for (const name of ['etag', 'last-modified', 'content-disposition', 'content-range'])
        expect([name, answer.headers.get(name)]).toEqual([name, null]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      proxy.heal();
      expect(await downloaded(id)).toBe(digest);
    },
  );

  it.each([{}, { range: 'bytes=1000-' }])(
    'that breaks off in the middle (%j) is never a short success',
    async (headers) => {
      proxy.fail({ kind: 'cut-answer', after: 5 * MIB }, Infinity, gets);
      const answer = await fetchFile(app, user, path(), headers);
      expect(answer.ok).toBe(true);
      await expect(answer.arrayBuffer()).rejects.toThrow();
      proxy.heal();
      expect(await downloaded(id)).toBe(digest);
    },
  );
});

it('what is purged while the cloud is away leaves an object that the cleaning removes', async () => {
  const jobs = app.cloudkeep.nest.get(FilesJobs, { strict: false });
  const before = await leftBehind();
  const file = await uploaded(client, 'going');
  const key = `files/${file.file_key}`;
  await client.delete(`/files/${file.id}`);
  app.clock.advance(1);
  proxy.fail({ kind: 'reset' });
  await jobs.purge();
  proxy.heal();
  const { objects, usage } = await leftBehind();
  expect([objects.includes(key), usage]).toEqual([true, before.usage]);
  app.clock.advance(25 * 60 * 60);
  await jobs.check();
  expect(await storedKeys(app)).toEqual(before.objects);
});
