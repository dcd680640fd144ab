import { createHash } from 'node:crypto';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';
import { uploaded } from '../support/files.js';

let app: TestApp;
let user: SignedIn;
beforeAll(async () => {
  app = await TestApp.start();
  user = await app.given.signedIn();
});
afterAll(() => app.stop());

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

function download(path: string, headers: Record<string, string> = {}, by = user): Promise<Response> {
  return fetch(`${app.url}/api/v1/files/${path}`, {
    headers: { authorization: `Bearer ${by.token}`, ...headers },
  });
}

describe('a file', () => {
  it('is uploaded, read and downloaded', async () => {
    const client = app.as(user);
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
      storage_backend: expect.any(String),
      owner_id: user.id,
      created_at: expect.any(String),
      updated_at: file.created_at,
      deleted_at: null,
    });
    expect((await client.get(`/files/${file.id}`)).body).toEqual(file);
    expect((await client.get('/files')).body.items).toEqual([file]);
    const answer = await download(`${file.id}/download`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(content);
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
});
