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
