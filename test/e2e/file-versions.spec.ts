import { createHash } from 'node:crypto';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, formOf, upload, uploaded } from '../support/files.js';
import { idsOf } from '../support/conversations.js';

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

  const sendFormTo = async (path: string, parts: Parameters<typeof formOf>[0]) => {
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
    expect((await put('*', 'six')).body.version).toBe(4);
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

describe('what a file is', () => {
  const PNG = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==',
    'base64',
  );
  const cases: [string, string | Buffer, string, string][] = [
    ['a picture called text', PNG, 'text/plain', 'image/png'],
    ['text called a picture', 'just words', 'image/png', 'text/plain'],
    ['text of a kind', 'a,b\n1,2\n', 'text/csv', 'text/csv'],
    ['JSON', '{"a":1}', 'application/json', 'application/json'],
    ['a page called a picture', '<!DOCTYPE html><script>alert(1)</script>', 'image/png', 'text/html'],
    ['a page behind a comment called text', ' <!-- x --> <HTML>', 'text/plain', 'text/html'],
    [
      'a drawing called a picture',
      '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
      'image/png',
      'image/svg+xml',
    ],
    ['XML', '<?xml version="1.0"?><a/>', 'text/plain', 'text/plain'],
    ['data of a kind nobody knows', Buffer.from([1, 2, 3, 0, 5]), 'application/x-ours', 'application/x-ours'],
    ['data called a page', Buffer.from([1, 2, 3, 0, 5]), 'text/html', 'application/octet-stream'],
    ['data called a picture', Buffer.from([1, 2, 3, 0, 5]), 'image/jpeg', 'application/octet-stream'],
    ['a type that is none', 'words', 'x\u00e4/"y', 'text/plain'],
  ];
  it.each(cases)('is told from its bytes: %s', async (_, content, type, expected) => {
    expect((await uploaded(client, content, { type })).content_type).toBe(expected);
  });

  it('decides whether it may be shown inline', async () => {
    const disposition = async (id: string) =>
      (await fetchFile(app, user, `/files/${id}/download?disposition=inline`)).headers.get(
        'content-disposition',
      );
    expect(await disposition((await uploaded(client, PNG, { fileName: 'a.png' })).id)).toBe(
      'inline; filename="a.png"',
    );
    expect(await disposition((await uploaded(client, 'words')).id)).toBe('inline; filename="notes.txt"');
    expect(
      await disposition((await uploaded(client, Buffer.from('PK\u0003\u0004'), { fileName: 'a.zip' })).id),
    ).toMatch(/^attachment/);
  });
});

describe('the name of a file', () => {
  const long = `${'ä'.repeat(200)}.txt`;
  const cases: [string, string, string, string | null][] = [
    ['with a path', '../../etc/passwd', 'passwd', null],
    ['with a Windows path', 'C:\\\\Users\\\\me\\\\x.txt', 'x.txt', null],
    [
      'in another script',
      'Übersicht – 発票.pdf',
      'Übersicht – 発票.pdf',
      "UTF-8''%C3%9Cbersicht%20%E2%80%93%20%E7%99%BA%E7%A5%A8.pdf",
    ],
    ['with quotes as a browser sends them', 'a%22b.txt', 'a"b.txt', "UTF-8''a%22b.txt"],
    ['with line ends', 'a%0D%0AX-Evil: 1.txt', 'aX-Evil: 1.txt', null],
    ['that turns its direction', 'invoice\u202Efdp.exe', 'invoicefdp.exe', null],
    [
      'of signs',
      "it's (100%) *new*;=.txt",
      "it's (100%) *new*;=.txt",
      "UTF-8''it%27s%20%28100%25%29%20%2Anew%2A%3B%3D.txt",
    ],
    ['of a smile', '🙂.txt', '🙂.txt', "UTF-8''%F0%9F%99%82.txt"],
    ['of 404 bytes', long, `${'ä'.repeat(125)}.txt`, `UTF-8''${'%C3%A4'.repeat(125)}.txt`],
  ];
  it.each(cases)('%s', async (_, sent, kept, extended) => {
    const file = await uploaded(client, 'x', { fileName: sent });
    expect(file.file_name).toBe(kept);
    expect(Buffer.byteLength(file.file_name)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(file.file_key.split('/')[1])).toBeLessThanOrEqual(255);
    expect(file.file_key.split('/')).toHaveLength(2);
    const answer = await fetchFile(app, user, `/files/${file.id}/download`);
    const header = answer.headers.get('content-disposition') ?? '';
    expect(header).toMatch(/^attachment; filename="[\x20-\x7e]*?"(; filename\*=UTF-8''[\w.%!#$&+^`|~-]+)?$/);
    expect(/filename\*=(.*)$/.exec(header)?.[1] ?? null).toBe(extended);
    expect(await answer.text()).toBe('x');
  });
});
