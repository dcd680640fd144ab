import { gzipSync } from 'node:zlib';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { sendRaw } from '../support/raw.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

afterEach(async () => {
  // Whatever came in: the process lives and serves.
  expect((await app.anyone.get('//health/ready')).status).toBe(200);
});

const JSON_TYPE = { 'content-type': 'application/json' };

/** Outside the supertest client, which would mend some of what is sent here. */
async function login(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE) {
  return problemOf(await fetch(`${app.url}/api/v1/auth/login`, { method: 'POST', body, headers }));
}

async function problemOf(response: Response): Promise<{ status: number; code: string }> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const { code, status, request_id: id } = (await response.json()) as Record<string, unknown>;
  expect({ status, id }).toEqual({ status: response.status, id: response.headers.get('x-request-id') });
  return { status: response.status, code: String(code) };
}

describe('a body', () => {
  it.each([
    '{',
    '[1,',
    '{"email":}',
    "{'email':1}",
    'undefined',
    '{}}',
    '\ufeff{',
    'NaN',
    '"text"',
    '1',
    'null',
    '\0',
  ])('that is not a JSON object (%j) is 400', async (body) => {
    expect(await login(body)).toEqual({ status: 400, code: 'malformed_body' });
  });

  it.each(['[]', '[{}]', '[[]]', '{}', ''])('%j has every field missing', async (body) => {
    expect(await login(body)).toEqual({ status: 400, code: 'validation_failed' });
  });

  it('in bytes that are no UTF-8 is a client’s fault', async () => {
    const bytes = new Uint8Array([
      ...Buffer.from('{"email":"'),
      0xff,
      0xfe,
      0xc0,
      ...Buffer.from('","password":"x"}'),
    ]);
    expect((await login(bytes)).status).toBeLessThan(500);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/jsonp',
    'application/json-patch',
    'json',
    '',
    'application/json; charset=latin1',
    'application/json; charset=ibm500',
  ])('of the type "%s" is 415', async (type) => {
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
    const body = type === '' ? new Uint8Array(Buffer.from('{}')) : '{}';
    expect(await login(body, headers)).toEqual({ status: 415, code: 'unsupported_media_type' });
  });

  it('in another encoding than it states is 400', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-16' };
    expect(await login('{}', headers)).toEqual({ status: 400, code: 'malformed_body' });
  });

  it.each(['multipart/form-data; boundary=x', 'multipart/form-data', 'application/offset+octet-stream'])(
    'that only uploads send (%s) is refused where none is expected',
    async (type) => {
      const { status } = await login('--x\r\n\r\n--x--', { 'content-type': type });
      expect([400, 415]).toContain(status);
    },
  );

  it('of 2 MB is 413, sent whole, in pieces or squeezed', async () => {
    const large = JSON.stringify({ email: 'x'.repeat(2_000_000), password: 'x' });
    const tooLarge = { status: 413, code: 'body_too_large' };
    expect(await login(large)).toEqual(tooLarge);
    const squeezed = new Uint8Array(gzipSync(large));
    expect(await login(squeezed, { ...JSON_TYPE, 'content-encoding': 'gzip' })).toEqual(tooLarge);
    const chunk = 'x'.repeat(50_000);
    const chunked =
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n' +
      `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(40);
    expect(await sendRaw(app.url, `${chunked}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('that pretends an encoding is refused', async () => {
    for (const encoding of ['gzip', 'deflate', 'br'])
      expect(await login('{}', { ...JSON_TYPE, 'content-encoding': encoding })).toEqual({
        status: 400,
        code: 'malformed_body',
      });
    for (const encoding of ['zstd', 'compress', 'gzip, gzip', 'x'])
      expect((await login('{}', { ...JSON_TYPE, 'content-encoding': encoding })).status).toBe(415);
    const cut = new Uint8Array(gzipSync('{"email":"a@example.com"}').subarray(0, 20));
    expect((await login(cut, { ...JSON_TYPE, 'content-encoding': 'gzip' })).status).toBe(400);
  });

  it('nested 100,000 levels deep is refused', async () => {
    expect((await login(`{"email":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).status).toBe(400);
    expect((await login(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)).status).toBe(400);
  });

  it('of 50,000 values is refused in few words', async () => {
    const fields = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`f${n}`, n]));
    for (const body of [fields, Array(50_000).fill({}), { email: Array(50_000).fill('x') }]) {
      const answer = await app.anyone.post('/auth/login', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(answer.text.length).toBeLessThan(5_000);
    }
  });
});

describe('a URL', () => {
  /** Only looks, so all of these tests may share it. */
  let admin: ApiClient;
  beforeAll(async () => {
    admin = app.as(await app.given.signedIn({ role: 'admin' }));
  });

  it.each([
    '/users/%ff',
    '/users/%',
    '/users/%zz',
    '/%c0%ae%c0%ae/etc/passwd',
    '/users/%00',
    '/users/..%2f..%2fetc%2fpasswd',
    `/users/${'a'.repeat(4000)}`,
    '/users/%F0%9F%92%A9',
    '/users/{id}',
    '/users/0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d1g',
    "/users/' OR 1=1 --",
    '/nowhere',
    '/auth/sessions/../../users',
  ])('%s leads nowhere', async (path) => {
    const answer = await admin.get(path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.text).not.toMatch(/\bat .+:\d+:\d+|node_modules|SELECT|Cannot GET/);
  });

  const LIMITS = [
    '0',
    '-1',
    '201',
    '1.5',
    '1e2',
    '0x10',
    'abc',
    '',
    '%20',
    '99999999999',
    'NaN',
    'Infinity',
    '%00',
  ];
  const CURSORS = [
    'x',
    '',
    '!!!!',
    '%00',
    'MSBPUiAxPTE',
    'x'.repeat(600),
    '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11',
  ];

  it.each(['/users', '/audit/logs'])('%s refuses a limit or cursor that is none', async (path) => {
    for (const limit of LIMITS)
      expect({ limit, status: (await admin.get(`${path}?limit=${limit}`)).status }).toEqual({
        limit,
        status: 400,
      });
    for (const cursor of CURSORS)
      expect({ cursor, status: (await admin.get(`${path}?cursor=${cursor}`)).status }).toEqual({
        cursor,
        status: 400,
      });
  });

  it.each([
    '/users?q=%00',
    '/users?q=a%00b&role=user',
    '/users?role=%00',
    '/users?q=a&q=b',
    '/users?limit=1&limit=2',
    '/users?q[$ne]=x',
    '/users?is_active=maybe',
    '/users?is_active=constructor',
    '/users?__proto__=x',
    '/users?constructor=x',
    '/users?unknown=1',
    `/users?q=${'x'.repeat(201)}`,
    '/audit/logs?action=%00',
    '/audit/logs?resource=x%00',
    '/audit/logs?user_id=me',
    '/audit/logs?user_id=%00',
    '/audit/logs?ip=1',
    '/audit/logs?ip=0x7f.1',
    '/audit/logs?ip=010.0.0.1',
    '/audit/logs?ip=1.2.3.4%2F33',
    '/audit/logs?ip=1.2.3.4%2F',
    '/audit/logs?ip=%3A%3A1%2F129',
    '/audit/logs?ip=fe80::1%25eth0',
    '/audit/logs?ip=%00',
    '/audit/logs?from=yesterday',
    '/audit/logs?from=2024-13-45',
    '/audit/logs?to=1700000000',
    '/audit/logs?to=2024-01-01T00:00:00',
    '/audit/logs?to=2024-01-01T00:00:00%2B99:99',
  ])('%s is 400', async (path) => {
    const answer = await admin.get(path);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('whose query is badly encoded does no harm', async () => {
    for (const query of ['q=%ff', 'q=%', 'q=%zz', 'q=%25%5F%5C', "q=' OR 1=1 --", '&&&', '=', '?'])
      expect((await admin.get(`/users?${query}`)).status).toBeLessThan(500);
    const { body } = await admin.get('/users?q=%25');
    expect(body.items).toEqual([]);
  });

  it('session=cookie twice, or otherwise, is refused', async () => {
    for (const query of ['session=cookie&session=cookie', 'session=token', 'session=', 'session[]=cookie'])
      expect((await app.anyone.post(`/auth/login?${query}`, { email: 'a', password: 'b' })).status).toBe(400);
  });
});
