import { randomBytes } from 'node:crypto';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { formOf, sendForm, upload, uploaded } from '../support/files.js';
import { traces } from '../support/store-files.js';

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

  it('parts without a name', async () => {
    for (const nameless of ['', '; name=""', '; filename="a.txt"']) {
      const part = `--b\r\nContent-Disposition: form-data${nameless}\r\n\r\nx\r\n`;
      const file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n';
      for (const form of [part + file, file + part]) {
        const sent = () =>
          client
            .with({ 'content-type': 'multipart/form-data; boundary=b' })
            .post('/files', `${form}--b--\r\n`);
        expect([form, (await leavingNothing(sent)).status]).toEqual([form, 400]);
      }
    }
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
    });
    expect(await answer.json()).toMatchObject({ version: 2, size: LIMIT });
  });
});
