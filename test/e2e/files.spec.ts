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

  it('of collections show one’s own by name, with what is in them', async () => {
    const by = app.as(await app.given.signedIn());
    const keep = (content: string, collection: string) => uploaded(by, content, { fields: { collection } });
    expect((await by.get('/files/collections')).body).toEqual({ items: [], next_cursor: null });
    await keep('four', 'plans');
    const thrown = await keep('thrown', 'drafts');
    const newest = await keep('seventh', 'plans');
    await keep('1', 'Invoices.2024');
    await uploaded(client, 'of somebody else', { fields: { collection: 'strange' } });
    await by.delete(`/files/${thrown.id}`);
    const { body } = await by.get('/files/collections');
    const plans = { name: 'plans', file_count: 2, bytes: 11, updated_at: newest.updated_at };
    const invoices = { name: 'Invoices.2024', file_count: 1, bytes: 1, updated_at: expect.any(String) };
    expect(body.items).toHaveLength(2);
    expect(body.items).toEqual(expect.arrayContaining([plans, invoices]));
    const paged: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = cursor && `&cursor=${cursor}`;
      const { body: page } = await by.get(`/files/collections?limit=1${query}`);
      paged.push(...page.items);
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(body.items);
    await by.post(`/files/${thrown.id}/restore`);
    const { body: all } = await app.as(await app.given.signedIn({ role: 'admin' })).get('/files/collections');
    const names = all.items.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['drafts', 'plans', 'strange']));
    for (const bad of ['cursor=x', `cursor=${Buffer.from('../').toString('base64url')}`, 'limit=0', 'q=x'])
      expect([bad, (await by.get(`/files/collections?${bad}`)).status]).toEqual([bad, 400]);
  });
});
