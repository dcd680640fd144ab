import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';
import { importer, person, text } from '../support/imports.js';

let app: TestApp;
let admin: SignedIn;
beforeAll(async () => {
  app = await TestApp.start({ env: { MAX_IMPORT_BYTES: '4096' } });
  admin = await app.given.signedIn({ role: 'admin' });
});
afterAll(() => app.stop());

describe('a body that is no list of lines', () => {
  it.each([
    ['application/json', '{}'],
    ['text/csv', 'a,b'],
    ['multipart/form-data; boundary=x', '--x--'],
  ])('is 415: %s', async (type, body) => {
    const answer = await app.as(admin).with({ 'content-type': type }).post('/users/import', body);
    expect(answer.status).toBe(415);
  });

  it('is 415 when compressed, and 400 with a strange query', async () => {
    const client = importer(app, admin).with({ 'content-encoding': 'gzip' });
    expect((await client.post('/users/import', 'x')).status).toBe(415);
    expect((await importer(app, admin).post('/users/import?atomic=perhaps', '')).status).toBe(400);
  });

  it('is nothing when it is empty', async () => {
    expect((await importer(app, admin).post('/users/import', '\n\n')).body).toMatchObject({
      total: 0,
      created: 0,
    });
  });

  it('is 413 when it is too much, and leaves nothing of an atomic import', async () => {
    const people = Array.from({ length: 100 }, () => person());
    expect((await importer(app, admin).post('/users/import', text(people))).status).toBe(413);
    async function* chunked(): AsyncGenerator<Buffer> {
      for (const one of people) yield await Promise.resolve(Buffer.from(`${JSON.stringify(one)}\n`));
    }
    const answer = await fetch(`${app.url}/api/v1/users/import?atomic=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/x-ndjson' },
      body: chunked(),
      duplex: 'half',
    } as unknown as RequestInit);
    expect(answer.status).toBe(413);
    expect(await app.database.query(`SELECT FROM users WHERE username LIKE 'in-%'`)).toEqual([]);
  });
});
