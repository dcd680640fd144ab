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

  it.each([
    ['garbage', '\x16\x03\x01\x02\0\x01'],
    ['no version', 'GET /nowhere\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/9.9\r\n\r\n'],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
    ['a header without a name', 'GET /health HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n'],
    ['NUL in a header', 'GET /health HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n'],
    ['64 KB of headers', `GET /health HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(65_536)}\r\n\r\n`],
    ['two lengths', `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a length and chunks', `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a negative length', `${POST}Content-Length: -1\r\n\r\n{}`],
    ['a chunk size that is none', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ['an unknown method', 'FROB /health HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['TRACE', 'TRACE /api/v1/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['an absolute URL', 'GET http://evil.example/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('(%s) are refused', async (_, bytes) => {
    expect(await sendRaw(app.url, bytes)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  });

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
