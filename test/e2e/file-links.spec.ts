import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { uploaded } from '../support/files.js';
import { linked, open, opened } from '../support/links.js';

const DAY = 86_400;

let app: TestApp;
let user: SignedIn;
beforeAll(async () => {
  app = await TestApp.start({ env: { PUBLIC_URL: 'https://cloud.example.com/base/' } });
  user = await app.given.signedIn();
});
afterAll(() => app.stop());

/** What the API of a server below a prefix gets. */
const below = (url: string) => url.replace('/base/', '/');

async function shared(content = 'Shared with all', request: object = {}) {
  const file = await uploaded(app.as(user), content);
  const link = await linked(app, user, file.id, request);
  return { file, link: { ...link, url: below(link.url) } };
}

const accesses = (fileId: string, action: string) =>
  app.database.query<Record<string, unknown>>(
    `SELECT user_id, host(ip_address) AS ip, bytes::int FROM file_access_logs
     WHERE file_id = $1 AND action = $2 ORDER BY id`,
    [fileId, action],
  );

describe('a link', () => {
  it('opens the file for whoever has it, and tells who made and opened it', async () => {
    const file = await uploaded(app.as(user), 'Hello');
    const link = await linked(app, user, file.id, { expires_in_seconds: 7 * DAY });
    expect(link).toEqual({
      id: expect.any(String),
      file_id: file.id,
      version: 1,
      url: expect.stringMatching(
        /^https:\/\/cloud\.example\.com\/base\/api\/v1\/files\/shared\/[0-9a-f-]{36}\?expires=\d+&key=[0-9a-f]{8}&signature=[\w-]{43}$/,
      ),
      expires_at: expect.any(String),
      max_uses: null,
      uses: 0,
      last_used_at: null,
      ip: null,
      disposition: 'attachment',
      created_by: user.id,
      created_at: expect.any(String),
    });
    const seconds = (Date.parse(link.expires_at) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(7 * DAY - 60);
    expect(seconds).toBeLessThanOrEqual(7 * DAY);
    expect(await opened(app, below(link.url))).toMatchObject({ status: 200, text: 'Hello' });
    expect(await accesses(file.id, 'generate_url')).toEqual([
      { user_id: user.id, ip: '127.0.0.1', bytes: 0 },
    ]);
    await eventually(
      async () =>
        expect(await accesses(file.id, 'redeem')).toEqual([{ user_id: null, ip: '127.0.0.1', bytes: 5 }]),
      { within: 5000 },
    );
    const { body } = await app.as(user).get(`/files/${file.id}/links`);
    const { url: _, ...told } = link as typeof link & Record<string, unknown>;
    await eventually(
      async () => {
        const list = await app.as(user).get(`/files/${file.id}/links`);
        expect(list.body).toEqual({
          items: [{ ...told, uses: 1, last_used_at: expect.any(String) }],
          next_cursor: null,
        });
      },
      { within: 5000 },
    );
    expect(JSON.stringify(body)).not.toContain('signature');
  });

  it('serves parts, and says what is unchanged, as a download does', async () => {
    const { file, link } = await shared('0123456789');
    const part = await open(app, link.url, { headers: { range: 'bytes=2-4' } });
    expect([part.status, await part.text()]).toEqual([206, '234']);
    const same = await open(app, link.url, {
      headers: { 'if-none-match': `"${file.sha256}"`, 'cache-control': 'max-age=0' },
    });
    expect(same.status).toBe(304);
    const head = await open(app, link.url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
    expect(head.headers.get('content-disposition')).toBe('attachment; filename="notes.txt"');
    expect((await open(app, link.url, { headers: { range: 'bytes=99-' } })).status).toBe(416);
  });

  it('shows in a browser what can not run anything there', async () => {
    const text = await shared('Plain', { disposition: 'inline' });
    expect((await open(app, text.link.url)).headers.get('content-disposition')).toMatch(/^inline/);
    const html = await shared('<html><script>alert(1)</script>', { disposition: 'inline' });
    expect((await open(app, html.link.url)).headers.get('content-disposition')).toMatch(/^attachment/);
  });

  it('stays with the version it was made for', async () => {
    const { file, link } = await shared('First');
    const content = { 'content-type': 'text/plain' };
    expect((await app.as(user).with(content).put(`/files/${file.id}/content`, 'Second')).status).toBe(200);
    expect((await opened(app, link.url)).text).toBe('First');
    const second = await linked(app, user, file.id);
    expect((await opened(app, below(second.url))).text).toBe('Second');
    const first = await linked(app, user, file.id, { version: 1 });
    expect((await opened(app, below(first.url))).text).toBe('First');
    const answer = await app.as(user).post(`/files/${file.id}/links`, { version: 3 });
    expect(answer).toMatchObject({ status: 404, body: { code: 'file_version_not_found' } });
  });

  it('is also what mode=url gives where the store has no URLs, and is listed like any other', async () => {
    const file = await uploaded(app.as(user), 'By URL');
    const { status, body } = await app.as(user).get(`/files/${file.id}/download?mode=url&disposition=inline`);
    expect([status, body]).toEqual([200, { download_url: expect.any(String), expires_in_seconds: 3600 }]);
    const answer = await open(app, below(body.download_url));
    expect([answer.status, await answer.text()]).toEqual([200, 'By URL']);
    expect(answer.headers.get('content-disposition')).toMatch(/^inline/);
    expect((await app.as(user).get(`/files/${file.id}/links`)).body.items).toHaveLength(1);
  });

  it('can be asked for without a body', async () => {
    const file = await uploaded(app.as(user));
    expect((await app.as(user).post(`/files/${file.id}/links`)).status).toBe(201);
  });
});
