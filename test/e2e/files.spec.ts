import { createHash, randomBytes } from 'node:crypto';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, sendForm, upload, uploaded } from '../support/files.js';
import { idsOf, listed } from '../support/conversations.js';
import { pdfWithPages, png } from '../support/sample-files.js';

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
  user = await app.given.signedIn();
  client = app.as(user);
});
afterAll(() => app.stop());

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const download = (path: string, headers = {}, by = user) => fetchFile(app, by, `/files/${path}`, headers);

describe('a file', () => {
  it('is uploaded, read and downloaded', async () => {
    const content = 'Hello, wörld\n';
    const file = await uploaded(client, content, {
      fileName: 'greeting.txt',
      fields: {
        collection: 'letters',
        resource_type: 'person',
        resource_id: '42',
        metadata: '{"year":2024}',
      },
    });
    expect(file).toEqual({
      id: expect.any(String),
      file_key: expect.stringMatching(/^letters\/[0-9a-f-]{36}_greeting\.txt$/),
      file_name: 'greeting.txt',
      size: Buffer.byteLength(content),
      content_type: 'text/plain',
      sha256: sha256(content),
      collection: 'letters',
      resource_type: 'person',
      resource_id: '42',
      metadata: { year: 2024 },
      extracted: null,
      version: 1,
      storage_backend: 'local',
      owner_id: user.id,
      created_at: expect.any(String),
      updated_at: file.created_at,
      deleted_at: null,
    });
    expect((await client.get(`/files/${file.id}`)).body).toEqual(file);
    expect((await client.get('/files?collection=letters')).body.items).toEqual([file]);
    const answer = await download(`${file.id}/download`);
    expect([answer.status, await answer.text()]).toEqual([200, content]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(Buffer.byteLength(content)),
      'content-disposition': 'attachment; filename="greeting.txt"',
      etag: `"${file.sha256}"`,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': expect.stringContaining('private'),
    });
  });

  it('comes back byte by byte, whatever its size', async () => {
    for (const size of [0, 1, 4099, 4100, 4101, 65_536, 3_000_001]) {
      // Random bytes might begin as some type does.
      const bytes = Buffer.concat([Buffer.alloc(16, 7), randomBytes(Math.max(0, size - 16))]).subarray(
        0,
        size,
      );
      const file = await uploaded(client, bytes, { fileName: 'any.bin', type: 'application/octet-stream' });
      expect(file).toMatchObject({ size, sha256: sha256(bytes), content_type: 'application/octet-stream' });
      const answer = await download(`${file.id}/download`);
      expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(sha256(bytes));
    }
  });

  it('is looked into where somebody asks', async () => {
    const bytes = png(640, 480);
    const parts = [{ name: 'file', value: bytes, fileName: 'p.png' }];
    const { body: image } = await sendForm(client, '/files?extract=true', parts);
    expect(image).toMatchObject({
      content_type: 'image/png',
      extracted: { image: { width: 640, height: 480 } },
    });
    expect((await client.get(`/files/${image.id}`)).body.extracted).toEqual(image.extracted);
    expect((await uploaded(client, bytes)).extracted).toBeNull();
    const pdf = [{ name: 'file', value: pdfWithPages(3), fileName: 'report.pdf' }];
    expect((await sendForm(client, '/files?extract=true', pdf)).body.extracted).toMatchObject({
      pdf: { pages: 3 },
    });
    expect((await sendForm(client, '/files?extract=maybe', pdf)).status).toBe(400);
  });

  it('is renamed, attached to something else and described anew', async () => {
    const file = await uploaded(client, 'x', { fields: { metadata: '{"a":1}' } });
    const changes = {
      file_name: 'C:\\temp\\new.txt',
      resource_type: 'transaction',
      resource_id: 'tx-1',
      metadata: { b: 2 },
    };
    const { status, body } = await client.patch(`/files/${file.id}`, changes);
    expect([status, body]).toEqual([
      200,
      { ...file, ...changes, file_name: 'new.txt', updated_at: expect.any(String) },
    ]);
    const { body: bare } = await client.patch(`/files/${file.id}`, { resource_id: null, metadata: null });
    expect(bare).toMatchObject({ resource_type: 'transaction', resource_id: null, metadata: null });
    for (const bad of [
      { file_name: '' },
      { file_name: '..' },
      { file_name: null },
      { owner_id: user.id },
      { size: 0 },
      { collection: 'other' },
      { metadata: [] },
      { resource_type: '' },
      { organization_id: user.organizationId },
    ])
      expect([bad, (await client.patch(`/files/${file.id}`, bad)).status]).toEqual([bad, 400]);
  });

  it('is retried under an Idempotency-Key and made once', async () => {
    const retrying = client.with({ 'idempotency-key': 'upload-once' });
    const first = await upload(retrying, 'once', { fields: { collection: 'once' } });
    const second = await upload(retrying, 'once', { fields: { collection: 'once' } });
    expect([first.status, second.status, second.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(second.body).toEqual(first.body);
    expect(idsOf((await client.get('/files?collection=once')).body)).toEqual([first.body.id]);
    expect((await upload(retrying, 'something else')).status).toBe(422);
  });
});

describe('the lists', () => {
  it('are filtered, newest first, page by page', async () => {
    const own = await app.given.signedIn();
    const by = app.as(own);
    const make = (fields: Record<string, string>, fileName: string) =>
      uploaded(by, 'x', { fields, fileName });
    const a = await make({ collection: 'a', resource_type: 'tx', resource_id: '1' }, 'Invoice 100%_2024.pdf');
    const b = await make({ collection: 'a', resource_type: 'tx', resource_id: '2' }, 'Receipt.pdf');
    const c = await make({ collection: 'b', resource_type: 'user', resource_id: '1' }, 'INVOICE.txt');
    const found = async (query: string) => idsOf((await by.get(`/files?${query}`)).body);
    expect(await found('')).toEqual([c.id, b.id, a.id]);
    expect(await found('collection=a')).toEqual([b.id, a.id]);
    expect(await found('resource_type=tx')).toEqual([b.id, a.id]);
    expect(await found('resource_type=tx&resource_id=1')).toEqual([a.id]);
    expect(await found('q=invoice')).toEqual([c.id, a.id]);
    expect(await found('q=100%25_')).toEqual([a.id]);
    expect(await found('q=0_')).toEqual([]);
    expect(await found('q=voice&collection=b')).toEqual([c.id]);
    expect(await listed(by, '/files', 1)).toEqual([c.id, b.id, a.id]);
    for (const bad of ['limit=0', 'cursor=x', 'collection=..', 'deleted=1', 'owner=x', 'q=%00'])
      expect([bad, (await by.get(`/files?${bad}`)).status]).toEqual([bad, 400]);
  });

  it('show the trash apart, from which a file is restored', async () => {
    const own = await app.given.signedIn();
    const by = app.as(own);
    const [kept, thrown] = [await uploaded(by, 'kept'), await uploaded(by, 'thrown')];
    expect((await by.delete(`/files/${thrown.id}`)).status).toBe(204);
    expect(idsOf((await by.get('/files')).body)).toEqual([kept.id]);
    const { body: trash } = await by.get('/files?deleted=true');
    expect(trash.items).toEqual([
      { ...thrown, updated_at: expect.any(String), deleted_at: expect.any(String) },
    ]);
    for (const gone of ['', '/download', '/versions', '/versions/1/download'])
      expect([gone, (await by.get(`/files/${thrown.id}${gone}`)).status]).toEqual([gone, 404]);
    expect((await by.delete(`/files/${thrown.id}`)).status).toBe(404);
    expect((await by.patch(`/files/${thrown.id}`, { metadata: {} })).status).toBe(404);
    const { status, body } = await by.post(`/files/${thrown.id}/restore`);
    expect([status, body]).toEqual([200, { ...thrown, updated_at: expect.any(String) }]);
    expect(await by.post(`/files/${thrown.id}/restore`)).toMatchObject({
      status: 409,
      body: { code: 'file_not_deleted' },
    });
    expect(await (await download(`${thrown.id}/download`, {}, own)).text()).toBe('thrown');
  });
});

describe('versions', () => {
  it('are added as a body or a form, and none is lost', async () => {
    const file = await uploaded(client, 'first', { fileName: 'v.txt' });
    const put = (body: string | Buffer, type: string, more = {}) =>
      client.with({ 'content-type': type, ...more }).put(`/files/${file.id}/content`, body);
    const second = await put('{"second": true}', 'application/json');
    expect([second.status, second.body]).toEqual([
      200,
      {
        ...file,
        version: 2,
        size: 16,
        content_type: 'application/json',
        sha256: sha256('{"second": true}'),
        file_key: expect.any(String),
        updated_at: expect.any(String),
      },
    ]);
    expect(second.body.file_key).not.toBe(file.file_key);
    const form = { name: 'file', value: 'third', fileName: 'ignored.txt', type: 'text/plain' };
    const third = await sendFormTo(`/files/${file.id}/content`, [form]);
    expect(third.body).toMatchObject({ version: 3, file_name: 'v.txt', size: 5 });
    expect((await sendFormTo(`/files/${file.id}/content`, [{ name: 'a', value: 'b' }, form])).status).toBe(
      400,
    );
    const { body: page } = await client.get(`/files/${file.id}/versions?limit=2`);
    expect(page.items.map((one: { version: number }) => one.version)).toEqual([3, 2]);
    const { body: rest } = await client.get(`/files/${file.id}/versions?limit=2&cursor=${page.next_cursor}`);
    expect(rest).toMatchObject({
      items: [{ version: 1, file_key: file.file_key, created_by: user.id }],
      next_cursor: null,
    });
    const texts = ['first', '{"second": true}', 'third'];
    for (const [index, text] of texts.entries()) {
      const answer = await download(`${file.id}/versions/${index + 1}/download`);
      expect([await answer.text(), answer.headers.get('etag')]).toEqual([text, `"${sha256(text)}"`]);
    }
    for (const none of ['4', '0', '-1', 'x', '99999999999'])
      expect([none, (await download(`${file.id}/versions/${none}/download`)).status]).toEqual([none, 404]);
  });

  const sendFormTo = async (path: string, parts: Parameters<typeof sendForm>[2]) => {
    const { formOf } = await import('../support/files.js');
    const { type, body } = formOf(parts);
    return client.with({ 'content-type': type }).put(path, body);
  };

  it('follow only the version that If-Match names', async () => {
    const file = await uploaded(client, 'one');
    const put = (ifMatch: string, body: string) =>
      client
        .with({ 'content-type': 'text/plain', 'if-match': ifMatch })
        .put(`/files/${file.id}/content`, body);
    expect(await put('"other"', 'two')).toMatchObject({ status: 412, headers: { etag: `"${file.sha256}"` } });
    expect((await put(`W/"${file.sha256}"`, 'two')).status).toBe(412);
    const racing = await Promise.all(['two', 'three', 'four'].map((body) => put(`"${file.sha256}"`, body)));
    expect(racing.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    expect(
      (await put(`"x", "${racing.find(({ status }) => status === 200)?.body.sha256}"`, 'five')).status,
    ).toBe(200);
    expect((await put('*', 'six')).body.version).toBe(4 - 1 + 1);
  });

  it('added in parallel get numbers without a gap', async () => {
    const file = await uploaded(client, 'v1');
    const add = (n: number) =>
      client.with({ 'content-type': 'text/plain' }).put(`/files/${file.id}/content`, `v${n}`);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => add(n)));
    const numbers = answers.map(({ body }) => body.version as number).sort((a, b) => a - b);
    expect(numbers).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

describe('strangers', () => {
  it('find nothing and change nothing; who manages files sees all of the organisation', async () => {
    const file = await uploaded(client, 'mine');
    const same = await app.given.signedIn();
    const other = await app.given.signedIn({ role: 'admin', organizationId: await app.given.organization() });
    for (const stranger of [same, other]) {
      const by = app.as(stranger);
      const answers = [
        await by.get(`/files/${file.id}`),
        await by.patch(`/files/${file.id}`, { metadata: {} }),
        await by.with({ 'content-type': 'text/plain' }).put(`/files/${file.id}/content`, 'theirs'),
        await by.get(`/files/${file.id}/download`),
        await by.get(`/files/${file.id}/versions`),
        await by.get(`/files/${file.id}/versions/1/download`),
        await by.delete(`/files/${file.id}`),
        await by.post(`/files/${file.id}/restore`),
      ];
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
      expect((await by.get('/files')).body.items.map((one: { id: string }) => one.id)).not.toContain(file.id);
    }
    expect((await client.get(`/files/${file.id}`)).body).toEqual(file);
    const manager = app.as(await app.given.signedIn({ role: 'admin' }));
    expect((await manager.get(`/files/${file.id}`)).body).toEqual(file);
    expect(idsOf((await manager.get('/files')).body)).toContain(file.id);
    expect((await manager.delete(`/files/${file.id}`)).status).toBe(204);
  });

  it('and tokens need the scope of what they do', async () => {
    const file = await uploaded(client, 'mine');
    const reader = app.as(await app.given.personalToken(user, ['files:read']));
    expect((await reader.get(`/files/${file.id}`)).status).toBe(200);
    const refused = [
      await upload(reader, 'x'),
      await reader.patch(`/files/${file.id}`, {}),
      await reader.with({ 'content-type': 'text/plain' }).put(`/files/${file.id}/content`, 'x'),
      await reader.delete(`/files/${file.id}`),
      await reader.post(`/files/${file.id}/restore`),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
    expect(await (await download(`${file.id}/download`)).text()).toBe('mine');
    expect((await app.anyone.get('/files')).status).toBe(401);
  });

  it('a service key whose maker is gone goes on keeping files, as its own', async () => {
    const maker = await app.given.signedIn({ role: 'admin' });
    const key = app.as(await app.given.apiKey(maker, ['files:read', 'files:write']));
    const before = await uploaded(key, 'as the maker');
    expect(before.owner_id).toBe(maker.id);
    const admin = app.as(await app.given.signedIn({ role: 'admin' }));
    expect((await admin.delete(`/users/${maker.id}`)).status).toBe(204);
    const after = await uploaded(key, 'for itself');
    expect(after.owner_id).not.toBe(maker.id);
    expect(idsOf((await key.get('/files')).body)).toEqual([after.id]);
    expect((await admin.get(`/files/${before.id}`)).status).toBe(404);
  });
});
