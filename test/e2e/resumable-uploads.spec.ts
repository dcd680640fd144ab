import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Upload, type UploadOptions } from 'tus-js-client';
import { UploadUpkeep } from '../../src/modules/files/upload-upkeep.js';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';

const MIB = 1024 * 1024;
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const base64 = (text: string) => Buffer.from(text).toString('base64');

let app: TestApp;
let user: SignedIn;
beforeAll(async () => {
  app = await TestApp.start({
    env: { MAX_UPLOAD_BYTES: String(64 * MIB), STORAGE_QUOTA_BYTES: String(64 * MIB) },
  });
});
beforeEach(async () => {
  user = await app.given.signedIn();
});
afterAll(() => app.stop());

/** Uploads as tus-js-client does. @returns the file's id. */
function uploadWith(content: Buffer, options: Partial<UploadOptions> = {}, by = user): Promise<string> {
  return new Promise((resolve, reject) => {
    let fileId: string | undefined;
    const upload = new Upload(content, {
      endpoint: `${app.url}/api/v1/files/tus`,
      headers: { authorization: `Bearer ${by.token}` },
      metadata: { filename: 'notes.txt', filetype: 'text/plain' },
      retryDelays: null as never,
      onAfterResponse: (_, response) => void (fileId = response.getHeader('X-File-Id') ?? fileId),
      onError: reject,
      onSuccess: () => resolve(fileId ?? ''),
      ...options,
    });
    upload.start();
  });
}

/** One request of the protocol. */
function tus(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Buffer,
  by = user,
): Promise<Response> {
  return fetch(path.startsWith('/api') ? `${app.url}${path}` : `${app.url}/api/v1/files/tus${path}`, {
    method,
    headers: { authorization: `Bearer ${by.token}`, 'tus-resumable': '1.0.0', ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

const BYTES = { 'content-type': 'application/offset+octet-stream' };
const named = (name: string) => ({ 'upload-metadata': `filename ${base64(name)}` });

async function begun(length: number, headers: Record<string, string> = named('notes.txt')): Promise<string> {
  const answer = await tus('POST', '', { 'upload-length': String(length), ...headers });
  expect([answer.status, await answer.json()]).toEqual([
    201,
    expect.objectContaining({ received: 0, size: length }),
  ]);
  return answer.headers.get('location') ?? '';
}

const append = (path: string, offset: number, bytes: Buffer, by = user) =>
  tus('PATCH', path, { ...BYTES, 'upload-offset': String(offset) }, bytes, by);

const offsetOf = async (path: string) => Number((await tus('HEAD', path)).headers.get('upload-offset'));

const problem = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code];

async function objects(): Promise<string[]> {
  const keys = [];
  for await (const key of app.cloudkeep.nest.get<ObjectStore>(ObjectStore).keys()) keys.push(key);
  return keys.sort();
}

async function digestOf(fileId: string): Promise<string> {
  const answer = await fetch(`${app.url}/api/v1/files/${fileId}/download`, {
    headers: { authorization: `Bearer ${user.token}` },
  });
  return sha256(Buffer.from(await answer.arrayBuffer()));
}

/** Sends some of a PATCH, and the rest when it is told to. */
function slowly(path: string, offset: number, length: number, first: Buffer) {
  const request = httpRequest(`${app.url}${path}`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${user.token}`,
      'tus-resumable': '1.0.0',
      ...BYTES,
      'upload-offset': offset,
      'content-length': length,
    },
  });
  const status = new Promise<number | undefined>((resolve) => {
    request.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    request.on('error', () => resolve(undefined));
  });
  request.write(first);
  return { request, status };
}

describe('a resumable upload', () => {
  it('becomes a file like any other, with what is said of it', async () => {
    const content = randomBytes(9 * MIB + 17);
    const before = await objects();
    const id = await uploadWith(content, {
      chunkSize: 5 * MIB,
      metadata: {
        filename: 'päper.bin',
        filetype: 'application/x-paper',
        collection: 'papers',
        resource_type: 'person',
        resource_id: '42',
        metadata: '{"year": 2024}',
      },
    });
    const { body } = await app.as(user).get(`/files/${id}`);
    expect(body).toMatchObject({
      file_key: expect.stringMatching(/^papers\/[0-9a-f-]{36}_päper\.bin$/),
      size: content.length,
      content_type: 'application/x-paper',
      sha256: sha256(content),
      resource_type: 'person',
      resource_id: '42',
      metadata: { year: 2024 },
      owner_id: user.id,
      version: 1,
    });
    expect(await digestOf(id)).toBe(sha256(content));
    expect(await objects()).toHaveLength(before.length + 1);
    const trail = await app.database.query(
      `SELECT FROM audit_logs WHERE action = 'file.upload' AND resource = $1`,
      [`file:${id}`],
    );
    expect(trail).toHaveLength(1);
  });

  it('is paused and goes on where it was', async () => {
    const content = randomBytes(6 * MIB);
    let url: string | null = null;
    await new Promise<void>((resolve) => {
      const upload = new Upload(content, {
        endpoint: `${app.url}/api/v1/files/tus`,
        headers: { authorization: `Bearer ${user.token}` },
        metadata: { filename: 'notes.txt' },
        chunkSize: MIB,
        onChunkComplete: (_, accepted) => {
          if (accepted < 2 * MIB) return;
          ({ url } = upload);
          void upload.abort().then(resolve);
        },
      });
      upload.start();
    });
    const path = new URL(url ?? '').pathname;
    expect(await offsetOf(path)).toBeGreaterThanOrEqual(2 * MIB);
    const { body } = await app.as(user).get(path.replace('/api/v1', ''));
    expect(body).toMatchObject({ status: 'pending', size: content.length, file_name: 'notes.txt' });
    const id = await uploadWith(content, { uploadUrl: url });
    expect(await digestOf(id)).toBe(sha256(content));
  });

  it('keeps what came of a request whose connection broke', async () => {
    const content = randomBytes(3 * MIB);
    const path = await begun(content.length);
    const { request } = slowly(path, 0, content.length, content.subarray(0, MIB));
    await new Promise((resolve) => request.write('', resolve));
    await eventually(() => expect(request.socket?.bytesWritten).toBeGreaterThan(MIB), { within: 5000 });
    request.destroy();
    await eventually(async () => expect(await offsetOf(path)).toBeGreaterThan(0), { within: 5000 });
    const id = await uploadWith(content, { uploadUrl: `${app.url}${path}` });
    expect(await digestOf(id)).toBe(sha256(content));
  });

  it('can come with its content in one request, or be empty', async () => {
    const whole = await tus(
      'POST',
      '',
      { 'upload-length': '5', ...named('a.txt'), ...BYTES },
      Buffer.from('hello'),
    );
    expect([whole.status, whole.headers.get('upload-offset')]).toEqual([201, '5']);
    const { body } = await app.as(user).get(`/files/${whole.headers.get('x-file-id')}`);
    expect(body).toMatchObject({ file_name: 'a.txt', sha256: sha256('hello'), content_type: 'text/plain' });
    const empty = await tus('POST', '', { 'upload-length': '0', ...named('empty.txt') });
    expect((await app.as(user).get(`/files/${empty.headers.get('x-file-id')}`)).body).toMatchObject({
      size: 0,
    });
  });

  it('begun with part of its content goes on', async () => {
    const half = await tus(
      'POST',
      '',
      { 'upload-length': '10', ...named('a.txt'), ...BYTES },
      Buffer.from('hello'),
    );
    expect([half.status, half.headers.get('upload-offset'), half.headers.get('x-file-id')]).toEqual([
      201,
      '5',
      null,
    ]);
    expect(half.headers.get('upload-expires')).toMatch(/GMT$/);
    const rest = await append(half.headers.get('location') ?? '', 5, Buffer.from('world'));
    expect([rest.status, rest.headers.get('upload-offset')]).toEqual([204, '10']);
    expect(await digestOf(rest.headers.get('x-file-id') ?? '')).toBe(sha256('helloworld'));
  });

  it('tells how far it is, what was said of it, and what it became', async () => {
    const path = await begun(4, {
      'upload-metadata': `filename ${base64('n.txt')},relativePath ${base64('x/n.txt')}`,
    });
    const head = await tus('HEAD', path);
    expect([head.status, Object.fromEntries(head.headers)]).toEqual([
      200,
      expect.objectContaining({
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'upload-length': '4',
        'upload-metadata': `filename ${base64('n.txt')},relativePath ${base64('x/n.txt')}`,
        'cache-control': 'no-store',
      }),
    ]);
    const done = await append(path, 0, Buffer.from('done'));
    const id = done.headers.get('x-file-id');
    expect((await tus('HEAD', path)).headers.get('x-file-id')).toBe(id);
    expect((await app.as(user).get(path.replace('/api/v1', ''))).body).toMatchObject({
      status: 'completed',
      file_id: id,
    });
    expect(await problem(await tus('DELETE', path))).toEqual([409, 'upload_completed']);
  });

  it('describes itself', async () => {
    const answer = await fetch(`${app.url}/api/v1/files/tus`, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'tus-version': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,expiration,termination',
      'tus-max-size': String(64 * MIB),
    });
  });

  it('is given up with what came of it', async () => {
    const before = await objects();
    const path = await begun(10);
    await append(path, 0, Buffer.from('hello'));
    expect(await objects()).toHaveLength(before.length + 1);
    expect((await tus('DELETE', path)).status).toBe(204);
    expect((await tus('HEAD', path)).status).toBe(404);
    expect(await objects()).toEqual(before);
  });

  it('is finished by who asks for its offset when the process ended in between', async () => {
    const path = await begun(5);
    await append(path, 0, Buffer.from('hell'));
    await app.database.query(`UPDATE file_uploads SET size = 4 WHERE id = $1`, [path.split('/').at(-1)]);
    const head = await tus('HEAD', path);
    expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '4']);
    expect(await digestOf(head.headers.get('x-file-id') ?? '')).toBe(sha256('hell'));
  });
});

describe('of two requests at once', () => {
  it('the later goes on, and nothing of the earlier gets in', async () => {
    const content = randomBytes(2 * MIB);
    const path = await begun(content.length);
    const held = slowly(path, 0, content.length, Buffer.alloc(MIB, 'x'));
    const replica = await TestApp.start({ replicaOf: app });
    await eventually(
      async () => {
        const [row] = await app.database.query<{ writer: string | null }>(
          'SELECT writer FROM file_uploads WHERE id = $1',
          [path.split('/').at(-1)],
        );
        expect(row?.writer).not.toBeNull();
      },
      { within: 5000 },
    );
    const answer = await fetch(`${replica.url}${path}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${user.token}`,
        'tus-resumable': '1.0.0',
        ...BYTES,
        'upload-offset': '0',
      },
      body: content,
    });
    await replica.stop();
    expect(answer.status).toBe(204);
    held.request.end(Buffer.alloc(MIB, 'x'));
    expect(await held.status).toBe(409);
    expect(await digestOf(answer.headers.get('x-file-id') ?? '')).toBe(sha256(content));
    expect((await objects()).filter((key) => key.includes(path.split('/').at(-1) ?? ''))).toEqual([]);
  });

  it('ten at the same offset leave one whole file', async () => {
    const content = randomBytes(MIB);
    const path = await begun(content.length);
    const answers = await Promise.all(Array.from({ length: 10 }, () => append(path, 0, content)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 204 && status !== 409)).toEqual(
      [],
    );
    const id = (await tus('HEAD', path)).headers.get('x-file-id') ?? '';
    expect(await digestOf(id)).toBe(sha256(content));
    expect((await app.as(user).get('/files')).body.items).toHaveLength(1);
  });
});

describe('a resumable upload is refused', () => {
  it('when it is too large, or there is no room', async () => {
    const large = await tus('POST', '', { 'upload-length': String(64 * MIB + 1), ...named('x') });
    expect(await problem(large)).toEqual([413, 'file_too_large']);
    await begun(60 * MIB);
    const more = await tus('POST', '', { 'upload-length': String(5 * MIB), ...named('x') });
    expect(await problem(more)).toEqual([507, 'quota_exceeded']);
    expect(more.headers.get('tus-resumable')).toBe('1.0.0');
  });

  it('at its end when the room was taken meanwhile, and ends well once there is some', async () => {
    const path = await begun(5);
    await app.database.query(
      `INSERT INTO storage_usage (organization_id, subject_id, used_bytes, file_count) VALUES ($1, $2, $3, 1)`,
      [user.organizationId, user.id, 64 * MIB - 1],
    );
    expect(await problem(await append(path, 0, Buffer.from('hello')))).toEqual([507, 'quota_exceeded']);
    expect((await tus('HEAD', path)).status).toBe(507);
    await app.database.query('UPDATE storage_usage SET used_bytes = 0 WHERE subject_id = $1', [user.id]);
    expect(await digestOf((await tus('HEAD', path)).headers.get('x-file-id') ?? '')).toBe(sha256('hello'));
  });

  it.each([
    ['no name', `collection ${base64('x')}`, 'filename'],
    ['an empty name', 'filename', 'filename'],
    ['a collection outside', `filename ${base64('x')},collection ${base64('../up')}`, 'collection'],
    ['metadata that is none', `filename ${base64('x')},metadata ${base64('[1]')}`, 'metadata'],
    ['a field nobody knows', `filename ${base64('x')},owner_id ${base64('x')}`, 'owner_id'],
    ['NUL', `filename ${base64('x')},resource_id ${base64('a\0b')}`, 'resource_id'],
  ])('with %s', async (_, metadata, field) => {
    const answer = await tus('POST', '', { 'upload-length': '1', 'upload-metadata': metadata });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
  });

  it.each([
    ['metadata that can not be read', { 'upload-length': '1', 'upload-metadata': 'filename !!' }, 400],
    ['no length', named('x'), 400],
    ['a length that is none', { 'upload-length': '-1', ...named('x') }, 400],
    ['a length to be told later', { 'upload-defer-length': '1', ...named('x') }, 501],
    ['another version', { 'upload-length': '1', ...named('x'), 'tus-resumable': '0.2.2' }, 400],
    ['pieces to be joined', { 'upload-length': '1', ...named('x'), 'upload-concat': 'partial' }, 501],
  ])('with %s', async (_, headers, status) => {
    const answer = await tus('POST', '', headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('at another offset than its end, past its end, or as another type', async () => {
    const path = await begun(5);
    expect(await problem(await append(path, 3, Buffer.from('lo')))).toEqual([409, 'upload_offset_conflict']);
    expect(await problem(await append(path, 0, Buffer.from('hello world')))).toEqual([413, 'file_too_large']);
    expect(
      (
        await tus(
          'PATCH',
          path,
          { 'upload-offset': '0', 'content-type': 'application/json' },
          Buffer.from('{}'),
        )
      ).status,
    ).toBe(400);
    expect((await tus('PATCH', path, BYTES, Buffer.from('x'))).status).toBe(400);
    expect(await offsetOf(path)).toBe(0);
    const missing = `/api/v1/files/tus/01900000-0000-7000-8000-00000000dead`;
    expect(await problem(await append(missing, 0, Buffer.from('x')))).toEqual([404, 'upload_not_found']);
  });

  it('to everybody but its maker, and without a credential', async () => {
    const path = await begun(5);
    for (const stranger of [await app.given.signedIn(), await app.given.signedIn({ role: 'admin' })]) {
      expect((await tus('HEAD', path, {}, undefined, stranger)).status).toBe(404);
      expect((await append(path, 0, Buffer.from('hello'), stranger)).status).toBe(404);
      expect((await tus('DELETE', path, {}, undefined, stranger)).status).toBe(404);
    }
    const reader = await app.given.personalToken(user, ['files:read']);
    expect(
      (await tus('POST', '', { 'upload-length': '1', ...named('x') }, undefined, { ...user, ...reader }))
        .status,
    ).toBe(403);
    expect((await fetch(`${app.url}${path}`, { method: 'HEAD' })).status).toBe(401);
    expect(await offsetOf(path)).toBe(0);
  });

  it('past its time, and is cleaned up with what came of it', async () => {
    const upkeep = app.cloudkeep.nest.get(UploadUpkeep);
    const path = await begun(10);
    await append(path, 0, Buffer.from('hello'));
    app.clock.advance(24 * 60 * 60 + 1);
    user = await app.given.signIn(user);
    expect((await tus('HEAD', path)).status).toBe(410);
    expect(await problem(await append(path, 5, Buffer.from('world')))).toEqual([410, 'upload_expired']);
    await upkeep.expire();
    expect((await tus('HEAD', path)).status).toBe(404);
    expect((await objects()).filter((key) => key.startsWith('uploads/'))).toEqual([]);
  });
});
