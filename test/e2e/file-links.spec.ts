import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { uploaded } from '../support/files.js';
import { linked, open, opened, pathOf } from '../support/links.js';

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

describe('a link is refused', () => {
  it('with any byte of it changed', async () => {
    const { file, link } = await shared();
    const path = pathOf(link.url);
    const start = path.indexOf('/shared/') + '/shared/'.length;
    const problems = new Set<string>();
    for (let at = start; at < path.length; at++) {
      for (const other of [
        path[at] === 'A' ? 'B' : 'A',
        path[at]?.toUpperCase() ?? '',
        path[at] === '0' ? '1' : '0',
      ]) {
        if (other === path[at] || '?&=#/'.includes(path[at] ?? '')) continue;
        const changed = path.slice(0, at) + other + path.slice(at + 1);
        const answer = await app.anyone.get(`/${changed}`);
        expect([changed, [400, 403, 404].includes(answer.status)]).toEqual([changed, true]);
        problems.add(`${answer.status} ${answer.body.code}`);
      }
    }
    expect([...problems].sort()).toEqual(['400 validation_failed', '403 signature_invalid']);
    for (const missing of ['expires', 'key', 'signature']) {
      const url = new URL(`http://x${path}`);
      url.searchParams.delete(missing);
      const answer = await app.anyone.get(`/${url.pathname}${url.search}`);
      expect(answer).toMatchObject({ status: 403, body: { code: 'signature_invalid' } });
    }
    expect((await opened(app, `${link.url}&signature=again`)).status).toBe(400);
    expect((await opened(app, link.url)).status).toBe(200);
    await eventually(async () => expect(await accesses(file.id, 'redeem')).toHaveLength(1), { within: 5000 });
  });

  it('when it is altered, before the database is asked', async () => {
    const { link } = await shared();
    await app.database.query('ALTER TABLE file_links RENAME TO file_links_away');
    try {
      expect((await opened(app, `${link.url.slice(0, -1)}_`)).status).toBe(403);
      expect((await open(app, link.url)).status).toBe(500);
    } finally {
      await app.database.query('ALTER TABLE file_links_away RENAME TO file_links');
    }
  });

  it('with the signature of another link, or of another file', async () => {
    const [one, other] = [await shared('One'), await shared('Other')];
    const mixed = new URL(one.link.url);
    mixed.search = new URL(other.link.url).search;
    expect((await opened(app, mixed.href)).status).toBe(403);
  });

  it('for every other verb', async () => {
    const { link } = await shared();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await open(app, link.url, { method });
      expect([method, answer.status]).toEqual([method, 404]);
    }
    const upload = link.url.replace('/files/shared/', '/files/uploads/').replace('?', '/content?');
    expect((await open(app, upload, { method: 'PUT', body: 'x' })).status).toBe(403);
  });

  it('from another address than it was made for', async () => {
    const elsewhere = await shared('Not here', { ip: '203.0.113.7', max_uses: 1 });
    const answer = await opened(app, elsewhere.link.url);
    expect(answer).toMatchObject({ status: 403, body: { code: 'file_link_address_not_allowed' } });
    const { body } = await app.as(user).get(`/files/${elsewhere.file.id}/links`);
    expect(body.items).toMatchObject([{ ip: '203.0.113.7', uses: 0 }]);
    const here = await shared('Here', { ip: '127.0.0.0/8' });
    expect((await opened(app, here.link.url)).text).toBe('Here');
  });

  it('once it is revoked, on another replica too', async () => {
    const replica = await TestApp.start({ replicaOf: app });
    const { file, link } = await shared();
    expect((await app.as(user).delete(`/files/${file.id}/links/${link.id}`)).status).toBe(204);
    expect(await opened(replica, link.url)).toMatchObject({
      status: 410,
      body: { code: 'file_link_revoked' },
    });
    await replica.stop();
    expect((await app.as(user).delete(`/files/${file.id}/links/${link.id}`)).status).toBe(404);
    expect((await app.as(user).get(`/files/${file.id}/links`)).body.items).toEqual([]);
    const [trail] = await app.database.query<{ details: unknown }>(
      `SELECT details FROM audit_logs WHERE action = 'file.revoke_link' AND resource = $1`,
      [`file:${file.id}`],
    );
    expect(trail?.details).toEqual({ link_id: link.id });
  });

  it('while its file is in the trash', async () => {
    const { file, link } = await shared('Gone, and back');
    await app.as(user).delete(`/files/${file.id}`);
    expect(await opened(app, link.url)).toMatchObject({
      status: 404,
      body: { code: 'file_link_unavailable' },
    });
    expect((await app.as(user).post(`/files/${file.id}/links`, {})).status).toBe(404);
    await app.as(user).post(`/files/${file.id}/restore`);
    expect((await opened(app, link.url)).text).toBe('Gone, and back');
  });

  it('once whoever made it has no account any more', async () => {
    const leaver = await app.given.signedIn();
    const file = await uploaded(app.as(leaver));
    const { url } = await linked(app, leaver, file.id);
    const admin = app.as(await app.given.signedIn({ role: 'admin' }));
    expect((await admin.patch(`/users/${leaver.id}`, { is_active: false })).status).toBe(200);
    expect((await opened(app, below(url))).status).toBe(404);
  });

  it.each([1, 3])('when it was opened %i times, however many ask at once', async (most) => {
    const { file, link } = await shared('Few', { max_uses: most });
    expect((await open(app, link.url, { method: 'HEAD' })).status).toBe(200);
    const answers = await Promise.all(Array.from({ length: 20 }, () => opened(app, link.url)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(most);
    for (const { status, body } of answers.filter(({ status: one }) => one !== 200))
      expect([status, body.code]).toEqual([410, 'file_link_used_up']);
    expect((await open(app, link.url, { method: 'HEAD' })).status).toBe(410);
    const { body } = await app.as(user).get(`/files/${file.id}/links`);
    expect(body.items).toMatchObject([{ max_uses: most, uses: most }]);
  });

  it('to strangers who would make, see or revoke it', async () => {
    const { file, link } = await shared();
    const stranger = app.as(await app.given.signedIn());
    expect((await stranger.post(`/files/${file.id}/links`, {})).status).toBe(404);
    expect((await stranger.get(`/files/${file.id}/links`)).status).toBe(404);
    expect((await stranger.delete(`/files/${file.id}/links/${link.id}`)).status).toBe(404);
    const other = await uploaded(app.as(user));
    expect((await app.as(user).delete(`/files/${other.id}/links/${link.id}`)).status).toBe(404);
    expect((await opened(app, link.url)).status).toBe(200);
    const token = await app.given.personalToken(user, ['files:read']);
    expect((await app.as(token).post(`/files/${file.id}/links`, {})).status).toBe(403);
  });

  it.each([
    ['expires_in_seconds', 7 * DAY + 1],
    ['expires_in_seconds', 0],
    ['expires_in_seconds', 1.5],
    ['max_uses', 0],
    ['ip', '300.1.1.1'],
    ['ip', 'localhost'],
    ['version', 0],
    ['disposition', 'script'],
    ['verb', 'PUT'],
  ])('with %s of %s', async (field, value) => {
    const file = await uploaded(app.as(user));
    const answer = await app.as(user).post(`/files/${file.id}/links`, { [field]: value });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  it('past its time, and is forgotten then', async () => {
    const { file, link } = await shared('Late', { expires_in_seconds: 60 });
    app.clock.advance(61);
    expect(await opened(app, link.url)).toMatchObject({ status: 410, body: { code: 'signed_url_expired' } });
    expect((await app.as(user).get(`/files/${file.id}/links`)).body.items).toEqual([]);
  });
});
