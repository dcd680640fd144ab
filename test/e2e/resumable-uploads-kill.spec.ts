import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { jest } from '@jest/globals';
import { Upload } from 'tus-js-client';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD } from '../support/factories/given.js';
import { ServerProcess } from '../support/server-process.js';

jest.setTimeout(90_000);

const MIB = 1024 * 1024;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let database: TestDatabase;
const started: ServerProcess[] = [];
beforeAll(async () => {
  database = await TestDatabase.create();
});
afterAll(async () => {
  await Promise.all(started.map((server) => server.dispose()));
  await database.drop();
});

function start(dataDir?: string): ServerProcess {
  const env = {
    DATABASE_URL: database.url,
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'trace',
    SHUTDOWN_GRACE_SECONDS: '1',
  };
  const server = ServerProcess.start({ ...env, ADMIN_PASSWORD: PASSWORD }, dataDir);
  started.push(server);
  return server;
}

async function signedIn(url: string): Promise<Record<string, string>> {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@localhost', password: PASSWORD }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
}

function resumed(content: Buffer, uploadUrl: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    let fileId = '';
    new Upload(content, {
      uploadUrl,
      headers: { authorization: headers.authorization ?? '' },
      onAfterResponse: (_, response) => void (fileId = response.getHeader('X-File-Id') ?? fileId),
      onError: reject,
      onSuccess: () => resolve(fileId),
    }).start();
  });
}

it('an upload goes on after its server was killed in the middle of a request', async () => {
  const content = randomBytes(20 * MIB);
  const first = start();
  const url = await first.ready();
  const headers = await signedIn(url);
  const begun = await fetch(`${url}/api/v1/files/tus`, {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': String(content.length),
      'upload-metadata': `filename ${Buffer.from('large.bin').toString('base64')}`,
    },
  });
  const path = begun.headers.get('location') ?? '';
  const patch = httpRequest(`${url}${path}`, {
    method: 'PATCH',
    headers: {
      ...headers,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': 0,
      'content-length': content.length,
    },
  });
  patch.on('error', () => undefined);
  patch.write(content.subarray(0, 14 * MIB));
  const received = async () => {
    const [row] = await database.query<{ received: number }>('SELECT received::int FROM file_uploads');
    return row?.received ?? 0;
  };
  await eventually(async () => expect(await received()).toBeGreaterThanOrEqual(8 * MIB), { within: 20_000 });
  first.signal('SIGKILL');
  await first.exitCode();

  const second = start(first.dataDir);
  const again = await second.ready();
  const head = await fetch(`${again}${path}`, { method: 'HEAD', headers });
  expect(Number(head.headers.get('upload-offset'))).toBeGreaterThanOrEqual(8 * MIB);
  expect(Number(head.headers.get('upload-offset'))).toBeLessThan(content.length);
  const id = await resumed(content, `${again}${path}`, headers);
  const download = await fetch(`${again}/api/v1/files/${id}/download`, { headers });
  expect(sha256(Buffer.from(await download.arrayBuffer()))).toBe(sha256(content));
});

it('no signature reaches the log, at its most talkative', async () => {
  const server = start();
  const url = await server.ready();
  const headers = { ...(await signedIn(url)), 'content-type': 'application/json' };
  const post = async (route: string, body: object) => {
    const answer = await fetch(`${url}/api/v1${route}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, string>;
  };
  const secretIn = (text = '') => new URL(text).searchParams.get('signature') ?? 'none';
  const here = (text = '') => `${url}${new URL(text).pathname}${new URL(text).search}`;
  const upload = await post('/files/uploads', { file_name: 'a.txt', size: 5, content_type: 'text/plain' });
  await fetch(here(upload.upload_url), { method: 'PUT', body: 'hello' });
  const file = await post(`/files/uploads/${upload.upload_id}/complete`, {});
  const link = await post(`/files/${file.id}/links`, {});
  expect(await (await fetch(here(link.url))).text()).toBe('hello');
  await fetch(`${here(link.url)}x`);
  await eventually(() => expect(server.output).toContain(`/files/shared/${link.id}`), { within: 10_000 });
  for (const secret of [secretIn(link.url), secretIn(upload.upload_url)]) {
    expect(secret).toHaveLength(43);
    expect(server.output).not.toContain(secret);
  }
});
