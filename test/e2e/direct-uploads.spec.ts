import { createHash } from 'node:crypto';
import { UploadUpkeep } from '../../src/modules/files/upload-upkeep.js';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { linked, open, opened, pathOf } from '../support/links.js';
import { S3_BUCKET, S3Server } from '../support/s3-server.js';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe.each(['local', 's3'])('a direct upload to a %s store', (backend) => {
  let app: TestApp;
  let user: SignedIn;
  let s3: S3Server | undefined;
  beforeAll(async () => {
    if (backend === 's3') s3 = await S3Server.start();
    const env = {
      MAX_UPLOAD_BYTES: '1000',
      STORAGE_QUOTA_BYTES: '2500',
      STORAGE_BACKEND: backend,
      ...(s3 === undefined
        ? {}
        : {
            S3_ENDPOINT: s3.url,
            S3_BUCKET_NAME: S3_BUCKET,
            S3_ACCESS_KEY: 'S3RVER',
            S3_SECRET_KEY: 'S3RVER',
          }),
    };
    app = await TestApp.start({ env });
  });
  beforeEach(async () => {
    user = await app.given.signedIn();
  });
  afterAll(async () => {
    await app.stop();
    await s3?.stop();
  });

  const request = (content: string | Buffer, more: object = {}) => ({
    file_name: 'notes.txt',
    size: Buffer.byteLength(content as string),
    content_type: 'text/plain',
    ...more,
  });

  async function begun(content: string | Buffer, more: object = {}): Promise<Answer['body']> {
    const { status, body } = await app.as(user).post('/files/uploads', request(content, more));
    expect([status, body]).toEqual([201, expect.anything()]);
    return body;
  }

  /** As a client that knows nothing of us: the address, the verb and the headers as they were given. */
  const send = ({ upload_url, method, headers }: Answer['body'], content: string | Buffer) =>
    fetch(s3 === undefined ? `${app.url}${pathOf(upload_url as string)}` : (upload_url as string), {
      method: method as string,
      headers: headers as Record<string, string>,
      body: content as string,
    });

  const complete = (id: string, by = user) => app.as(by).post(`/files/uploads/${id}/complete`);

  async function objects(): Promise<string[]> {
    const keys = [];
    for await (const key of app.cloudkeep.nest.get<ObjectStore>(ObjectStore).keys()) keys.push(key);
    return keys;
  }

  it('becomes a file like any other', async () => {
    const content = '{"json": "as the file"}';
    const upload = await begun(content, {
      file_name: 'päper.json',
      content_type: 'application/json',
      sha256: sha256(content),
      collection: 'papers',
      resource_type: 'person',
      resource_id: '42',
      metadata: { year: 2024 },
    });
    expect(upload).toEqual({
      upload_id: expect.any(String),
      upload_url: expect.any(String),
      method: 'PUT',
      headers: expect.anything(),
      expires_at: expect.any(String),
    });
    expect(new URL(upload.upload_url).origin === s3?.url).toBe(backend === 's3');
    const path = `/files/uploads/${upload.upload_id}`;
    expect((await app.as(user).get(path)).body).toMatchObject({
      status: 'pending',
      received: 0,
      file_id: null,
    });
    expect(await complete(upload.upload_id)).toMatchObject({
      status: 409,
      body: { code: 'upload_content_awaited' },
    });
    expect((await send(upload, content)).ok).toBe(true);
    expect((await app.as(user).get(path)).body).toMatchObject({
      status: 'pending',
      received: content.length,
    });

    const { status, body: file } = await complete(upload.upload_id);
    expect([status, file]).toEqual([201, expect.anything()]);
    expect(file).toMatchObject({
      file_key: expect.stringMatching(/^papers\/[0-9a-f-]{36}_päper\.json$/),
      file_name: 'päper.json',
      size: content.length,
      content_type: 'application/json',
      sha256: sha256(content),
      collection: 'papers',
      resource_type: 'person',
      resource_id: '42',
      metadata: { year: 2024 },
      version: 1,
      storage_backend: backend,
      owner_id: user.id,
    });
    expect((await app.as(user).get(`/files/${file.id}`)).body).toEqual(file);
    expect((await app.as(user).get(path)).body).toMatchObject({ status: 'completed', file_id: file.id });
    expect((await complete(upload.upload_id)).body).toEqual(file);
    expect(await objects()).not.toContainEqual(expect.stringContaining(upload.upload_id));
    const { body: usage } = await app.as(user).get('/files/usage');
    expect(JSON.stringify(usage)).toContain(`"used_bytes":${content.length}`);

    const link = await linked(app, user, file.id, { max_uses: 1 });
    const answer = await opened(app, link.url);
    if (backend === 'local') expect([answer.status, answer.text]).toEqual([200, content]);
    else {
      expect([answer.status, answer.headers.location]).toEqual([302, expect.stringContaining(s3?.url ?? '')]);
      const bytes = await fetch(answer.headers.location ?? '');
      expect(bytes.headers.get('content-disposition')).toContain('attachment');
      expect(await bytes.text()).toBe(content);
      expect((await open(app, link.url)).status).toBe(410);
    }
  });

  it('keeps what was checked, whatever is sent to its address afterwards', async () => {
    const upload = await begun('checked', { sha256: sha256('checked') });
    await send(upload, 'checked');
    const { body: file } = await complete(upload.upload_id);
    await send(upload, 'changed');
    const { text } = await app.as(user).get(`/files/${file.id}/download?mode=stream`);
    expect(text).toBe('checked');
  });

  it('is what its bytes say, not what was claimed of them', async () => {
    for (const [content, claimed, type] of [
      [PNG, 'text/html', 'image/png'],
      [Buffer.from('<html><script>alert(1)</script></html>'), 'image/png', 'text/html'],
    ] as const) {
      const upload = await begun(content, { content_type: claimed });
      expect((await send(upload, content)).ok).toBe(true);
      expect((await complete(upload.upload_id)).body).toMatchObject({ content_type: type });
    }
  });

  it('can be empty', async () => {
    const upload = await begun('');
    expect((await send(upload, '')).ok).toBe(true);
    expect((await complete(upload.upload_id)).body).toMatchObject({ size: 0, sha256: sha256('') });
  });

  it('of another size than announced is refused, and leaves nothing', async () => {
    const before = await objects();
    const upload = await begun('twelve bytes');
    const sent = await send(upload, 'more than twelve bytes');
    if (backend === 'local') expect([sent.status, (await sent.json()).code]).toEqual([400, 'size_mismatch']);
    const answer = await complete(upload.upload_id);
    expect(answer.status).toBe(409);
    expect(answer.body.code).toMatch(/^upload_(size_mismatch|content_awaited)$/);
    expect(await objects()).toEqual(before);
  });

  it('of another digest than announced is refused, leaves nothing, and can be sent again', async () => {
    const before = await objects();
    const upload = await begun('right', { sha256: sha256('right') });
    await send(upload, 'wrong');
    expect(await complete(upload.upload_id)).toMatchObject({
      status: 409,
      body: { code: 'upload_digest_mismatch' },
    });
    expect(await objects()).toEqual(before);
    expect((await app.as(user).get('/files')).body.items).toEqual([]);
    await send(upload, 'right');
    expect((await complete(upload.upload_id)).status).toBe(201);
  });

  it('completed by twenty at once is one file', async () => {
    const upload = await begun('once');
    await send(upload, 'once');
    const before = (await objects()).length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => complete(upload.upload_id)));
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await app.as(user).get('/files')).body.items).toHaveLength(1);
    expect(await objects()).toHaveLength(before);
  });

  it('in a race for the last room never exceeds the quota', async () => {
    const content = 'x'.repeat(900);
    const uploads = [await begun(content), await begun(content)];
    expect(await app.as(user).post('/files/uploads', request(content))).toMatchObject({
      status: 507,
      body: { code: 'quota_exceeded' },
    });
    for (const upload of uploads) await send(upload, content);
    const form = await app.as(user).post('/files/uploads', request('x'.repeat(700)));
    await send(form.body, 'x'.repeat(700));
    await app.database.query(
      `INSERT INTO storage_usage (organization_id, subject_id, used_bytes, file_count) VALUES ($1, $2, 700, 1)`,
      [user.organizationId, user.id],
    );
    const ids = [...uploads.map(({ upload_id }) => upload_id as string), form.body.upload_id as string];
    const answers = await Promise.all(ids.map((id) => complete(id)));
    const [{ used } = { used: 0 }] = await app.database.query<{ used: number }>(
      'SELECT used_bytes::int AS used FROM storage_usage WHERE subject_id = $1',
      [user.id],
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 507].slice(0, 3));
    expect(used).toBeLessThanOrEqual(2500);
  });

  it('too large, over the quota, or with bad fields does not begin', async () => {
    const client = app.as(user);
    const tooLarge = await client.post('/files/uploads', request('', { size: 1001 }));
    expect(tooLarge).toMatchObject({ status: 413, body: { code: 'file_too_large', limit: 1000 } });
    for (const [field, value] of [
      ['size', -1],
      ['size', '5'],
      ['sha256', 'abc'],
      ['sha256', sha256('x').toUpperCase()],
      ['content_type', 'text/plain\r\nx: y'],
      ['collection', '../up'],
      ['file_name', ''],
      ['file_name', '..'],
      ['metadata', '{}'],
      ['owner_id', user.id],
    ]) {
      const answer = await client.post('/files/uploads', request('x', { [field as string]: value }));
      expect([field, answer.status, answer.body.errors?.[0]?.field]).toEqual([field, 400, field]);
    }
    const missing = await client.post('/files/uploads', {});
    const named = missing.body.errors.map((error: { field: string }) => error.field) as string[];
    expect([...new Set(named)].sort()).toEqual(['content_type', 'file_name', 'size']);
  });

  it('is nobody else’s, not even who manages all files', async () => {
    const upload = await begun('mine');
    await send(upload, 'mine');
    for (const stranger of [await app.given.signedIn(), await app.given.signedIn({ role: 'admin' })]) {
      const path = `/files/uploads/${upload.upload_id}`;
      expect((await app.as(stranger).get(path)).status).toBe(404);
      expect((await complete(upload.upload_id, stranger)).status).toBe(404);
      expect((await app.as(stranger).delete(path)).status).toBe(404);
    }
    expect((await complete(upload.upload_id)).status).toBe(201);
  });

  it('is given up with what came of it, but not once it is a file', async () => {
    const before = await objects();
    const upload = await begun('unwanted');
    await send(upload, 'unwanted');
    const path = `/files/uploads/${upload.upload_id}`;
    expect((await app.as(user).delete(path)).status).toBe(204);
    expect((await app.as(user).get(path)).status).toBe(404);
    expect(await objects()).toEqual(before);
    if (backend === 'local') expect((await send(upload, 'unwanted')).status).toBe(404);
    const wanted = await begun('wanted');
    await send(wanted, 'wanted');
    await complete(wanted.upload_id);
    const late = await app.as(user).delete(`/files/uploads/${wanted.upload_id}`);
    expect(late).toMatchObject({ status: 409, body: { code: 'upload_completed' } });
    if (backend === 'local') expect((await send(wanted, 'wanted')).status).toBe(409);
  });

  it('expires, and is cleaned up with what came of it', async () => {
    const upkeep = app.cloudkeep.nest.get(UploadUpkeep);
    app.clock.advance(3601);
    user = await app.given.signIn(user);
    await upkeep.expire();
    const before = await objects();
    expect(before.filter((key) => key.startsWith('uploads/'))).toEqual([]);
    const upload = await begun('too late');
    await send(upload, 'too late');
    await upkeep.sweep();
    await upkeep.expire();
    expect(await objects()).toHaveLength(before.length + 1);
    app.clock.advance(3601);
    user = await app.given.signIn(user);
    expect(await complete(upload.upload_id)).toMatchObject({ status: 410, body: { code: 'upload_expired' } });
    if (backend === 'local') expect((await send(upload, 'too late')).status).toBe(410);
    await upkeep.expire();
    expect(await objects()).toEqual(before);
    expect((await app.as(user).get(`/files/uploads/${upload.upload_id}`)).status).toBe(404);
    const store = app.cloudkeep.nest.get<ObjectStore>(ObjectStore);
    await store.set('uploads/01900000-0000-7000-8000-00000000dead/content', Buffer.from('left'));
    await upkeep.sweep();
    expect(await objects()).toEqual(before);
  });

  if (backend === 'local') {
    it('refuses its address with any byte changed, and for another verb', async () => {
      const upload = await begun('signed');
      const path = pathOf(upload.upload_url);
      for (const at of [
        path.indexOf('/content') - 1,
        path.indexOf('expires=') + 9,
        path.indexOf('key=') + 4,
        path.length - 1,
      ]) {
        const changed = path.slice(0, at) + (path[at] === '1' ? '2' : '1') + path.slice(at + 1);
        const answer = await fetch(`${app.url}${changed}`, { method: 'PUT', body: 'signed' });
        expect([answer.status, (await answer.json()).code]).toEqual([403, 'signature_invalid']);
      }
      expect((await fetch(`${app.url}${path}`)).status).toBe(404);
      const link = path.replace('/files/uploads/', '/files/shared/').replace('/content', '');
      expect((await fetch(`${app.url}${link}`)).status).toBe(403);
      expect((await send(upload, 'signed')).status).toBe(204);
    });
  }
});
