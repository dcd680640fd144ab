import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Transform } from 'node:stream';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { fetchFile, formOf, sendForm, upload, uploaded } from '../support/files.js';
import { storeOf, traces } from '../support/store-files.js';

const LIMIT = 1_000_000;

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
beforeAll(async () => {
  app = await TestApp.start({ env: { MAX_UPLOAD_BYTES: String(LIMIT) } });
  user = await app.given.signedIn();
  client = app.as(user);
});
afterAll(() => app.stop());

const FILE = { name: 'file', value: 'content', fileName: 'a.txt', type: 'text/plain' };

/** What `act` answers, which must leave nothing behind. */
async function leavingNothing<T>(act: () => Promise<T>): Promise<T> {
  const before = await traces(app);
  const result = await act();
  expect(await traces(app)).toEqual(before);
  return result;
}

describe('a form that is refused leaves nothing', () => {
  const refused: [string, Parameters<typeof sendForm>[2], number, object][] = [
    [
      'a field after the file',
      [FILE, { name: 'collection', value: 'late' }],
      400,
      { code: 'field_after_file' },
    ],
    [
      'no file',
      [{ name: 'collection', value: 'a' }],
      400,
      { errors: [{ field: 'file', message: 'is required' }] },
    ],
    [
      'two files',
      [FILE, { ...FILE }],
      400,
      { errors: [{ field: 'file', message: 'must be one file, not several' }] },
    ],
    ['a file of another name', [{ ...FILE, name: 'attachment' }], 400, { errors: [{ field: 'attachment' }] }],
    ['an unknown field', [{ name: 'owner_id', value: 'x' }, FILE], 400, { errors: [{ field: 'owner_id' }] }],
    ['a dangerous field', [{ name: '__proto__', value: 'x' }, FILE], 400, { code: 'validation_failed' }],
    [
      'a field twice',
      [{ name: 'collection', value: 'a' }, { name: 'collection', value: 'b' }, FILE],
      400,
      {},
    ],
    [
      'a bad collection',
      [{ name: 'collection', value: '../etc' }, FILE],
      400,
      { errors: [{ field: 'collection' }] },
    ],
    [
      'metadata that is no JSON',
      [{ name: 'metadata', value: '{' }, FILE],
      400,
      { errors: [{ field: 'metadata' }] },
    ],
    [
      'metadata that is no object',
      [{ name: 'metadata', value: '[1]' }, FILE],
      400,
      { errors: [{ field: 'metadata' }] },
    ],
    [
      'metadata with NUL',
      [{ name: 'metadata', value: '{"a":"\\u0000"}' }, FILE],
      400,
      { code: 'validation_failed' },
    ],
    [
      'metadata that is large',
      [{ name: 'metadata', value: JSON.stringify({ a: 'x'.repeat(16_400) }) }, FILE],
      400,
      {},
    ],
    ['a field that is huge', [{ name: 'metadata', value: 'x'.repeat(2_000_000) }, FILE], 413, {}],
    [
      'a file without a name',
      [{ ...FILE, fileName: '' }],
      400,
      { errors: [{ field: 'file', message: 'is required' }] },
    ],
    [
      'a file that is too large',
      [{ ...FILE, value: Buffer.alloc(LIMIT + 1, 'x') }],
      413,
      { code: 'file_too_large', limit: LIMIT },
    ],
    [
      'a file that is far too large',
      [{ ...FILE, value: Buffer.alloc(3 * LIMIT, 'x') }],
      413,
      { code: 'file_too_large' },
    ],
  ];
  it.each(refused)('%s', async (_, parts, status, body) => {
    const answer = await leavingNothing(() => sendForm(client, '/files', parts));
    expect(answer).toMatchObject({ status, body });
  });

  it('many fields', async () => {
    const fields = Array.from({ length: 50 }, (_, n) => ({ name: `f${n}`, value: 'x' }));
    expect((await leavingNothing(() => sendForm(client, '/files', [...fields, FILE]))).status).toBe(400);
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=other'])(
    'the type %s',
    async (type) => {
      const { body } = formOf([FILE]);
      const sent = () => client.with({ 'content-type': type }).post('/files', body);
      expect((await leavingNothing(sent)).status).toBe(400);
    },
  );

  it('what is no form', async () => {
    expect((await leavingNothing(() => client.post('/files', { file: 'x' }))).status).toBe(415);
    expect((await leavingNothing(() => client.post('/files'))).status).toBe(415);
  });

  it('a form that ends early, in its head and in its file', async () => {
    const { type, body } = formOf([{ ...FILE, value: 'x'.repeat(10_000) }]);
    for (const length of [10, 60, 150, 5_000, body.length - 4]) {
      const sent = () => client.with({ 'content-type': type }).post('/files', body.subarray(0, length));
      expect([length, await leavingNothing(sent)]).toMatchObject([
        length,
        { status: 400, body: { code: 'malformed_body' } },
      ]);
    }
  });

  it('from whom may not write', async () => {
    const reader = app.as(await app.given.personalToken(user, ['files:read']));
    expect((await leavingNothing(() => upload(reader, 'x'.repeat(100_000)))).status).toBe(403);
    expect((await leavingNothing(() => upload(app.anyone, 'x'))).status).toBe(401);
  });

  it('a version that is too large, that follows another, or of a file that is not there', async () => {
    const file = await uploaded(client, 'one');
    const put = (body: Buffer, more = {}, id = file.id) =>
      client.with({ 'content-type': 'image/png', ...more }).put(`/files/${id}/content`, body);
    expect((await leavingNothing(() => put(Buffer.alloc(LIMIT + 1)))).body.code).toBe('file_too_large');
    expect((await leavingNothing(() => put(Buffer.alloc(10), { 'if-match': '"x"' }))).status).toBe(412);
    expect((await leavingNothing(() => put(Buffer.alloc(10), {}, user.id))).status).toBe(404);
  });
});

describe('a file of the largest size', () => {
  it('is kept to the byte, announced or not', async () => {
    const bytes = randomBytes(LIMIT);
    expect((await upload(client, bytes)).status).toBe(201);
    const file = await uploaded(client, 'small');
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    });
    const answer = await fetch(`${app.url}/api/v1/files/${file.id}/content`, {
      method: 'PUT',
      body: chunked,
      headers: { authorization: `Bearer ${user.token}` },
      duplex: 'half',
    } as RequestInit);
    expect(await answer.json()).toMatchObject({ version: 2, size: LIMIT });
  });
});

describe('an upload that its sender gives up', () => {
  it('leaves no object, row, draft or count', async () => {
    const before = await traces(app);
    const { type, body } = formOf([{ ...FILE, value: Buffer.alloc(500_000, 'x') }]);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, 300_000));
    // It has come to the store.
    await eventually(async () => expect(await traces(app)).not.toEqual(before), { within: 5_000 });
    socket.resetAndDestroy();
    await eventually(async () => expect(await traces(app)).toEqual(before), { within: 5_000 });
  });

  it('leaves nothing of a version either', async () => {
    const file = await uploaded(client, 'one');
    const before = await traces(app);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      `PUT /api/v1/files/${file.id}/content HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\nContent-Length: 500000\r\n\r\n`,
    );
    socket.write(Buffer.alloc(300_000, 'x'));
    await eventually(async () => expect(await traces(app)).not.toEqual(before), { within: 5_000 });
    socket.resetAndDestroy();
    await eventually(async () => expect(await traces(app)).toEqual(before), { within: 5_000 });
  });
});

describe('a store that fails', () => {
  it('is told of, and leaves nothing', async () => {
    const store = storeOf(app);
    const set = store.setMultipart.bind(store);
    const failing = Transform.from(async function* (source: AsyncIterable<Buffer>) {
      let seen = 0;
      for await (const chunk of source) {
        seen += chunk.length;
        if (seen > 100_000) throw new Error('The disk is on fire');
        yield chunk;
      }
    });
    store.setMultipart = (key, body, options) => set(key, body.pipe(failing), options);
    try {
      const { type, body } = formOf([{ ...FILE, value: Buffer.alloc(900_000, 'x') }]);
      const headers = { authorization: `Bearer ${user.token}`, 'content-type': type };
      const sent = { method: 'POST', headers, body: new Uint8Array(body) };
      const { status } = await leavingNothing(() => fetch(`${app.url}/api/v1/files`, sent));
      expect(status).toBe(500);
    } finally {
      store.setMultipart = set;
    }
    expect((await upload(client, 'and works again')).status).toBe(201);
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

  it.each([
    'text/html',
    'image/svg+xml',
    'application/xml',
    'text/xml',
    'application/xhtml+xml',
    'application/javascript',
  ])('never lets a browser run %s', async (type) => {
    const file = await uploaded(client, '<svg onload="alert(1)"/>', { type, fileName: 'x.html' });
    const answer = await fetchFile(app, user, `/files/${file.id}/download?disposition=inline`);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; /);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
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
