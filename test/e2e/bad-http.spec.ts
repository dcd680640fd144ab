import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
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

describe('bytes that are hardly HTTP', () => {
  const POST = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

  it('a body that ends early, by half-close or by cut, changes nothing and stops nothing', async () => {
    const begun = `${POST}Content-Length: 500\r\n\r\n{"email":"a@example.com","pass`;
    for (const cut of [false, true])
      expect(await sendRaw(app.url, begun, { cut })).toMatch(/^(HTTP\/1\.1 400 |$)/);
    const chunk = `${POST}Transfer-Encoding: chunked\r\n\r\n10\r\n{"email":"a`;
    for (const cut of [false, true])
      expect(await sendRaw(app.url, chunk, { cut })).toMatch(/^(HTTP\/1\.1 400 |$)/);
    await eventually(
      async () => {
        const { text } = await app.anyone.get('//metrics');
        expect(text).not.toMatch(/status="5\d\d"/);
      },
      { within: 1000 },
    );
  });
});

describe('whoever asks for a protocol that is not spoken here', () => {
  it.each([
    ['h2c', 'GET', '/health/live', '', 200, 'alive'],
    [
      'h2c',
      'POST',
      '/api/v1/auth/login',
      '{"email":"a@example.com","password":"wrong"}',
      401,
      'invalid_credentials',
    ],
    ['websocket', 'DELETE', '/api/v1/files/uploads/x', '', 401, 'credential_missing'],
    ['websocket', 'GET', '/api/v1/ws', '', 404, 'not_found'],
  ])('by %s, is answered as any other: %s %s', async (upgrade, method, path, body, status, said) => {
    const headers = {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade,
      'http2-settings': 'AAMAAABkAAQAAP__',
      ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
    };
    const call = request(`${app.url}${path}`, { method, headers }).end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    expect([answer.statusCode, await text(answer)]).toEqual([status, expect.stringContaining(said)]);
  });
});
