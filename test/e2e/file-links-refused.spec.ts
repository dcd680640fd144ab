import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';
import { uploaded } from '../support/files.js';
import { linked, open, opened } from '../support/links.js';

const DAY = 86_400;

let app: TestApp;
let user: SignedIn;
beforeAll(async () => {
  app = await TestApp.start();
  user = await app.given.signedIn();
});
afterAll(() => app.stop());

async function shared(content = 'Shared with all', request: object = {}) {
  const file = await uploaded(app.as(user), content);
  const link = await linked(app, user, file.id, request);
  return { file, link };
}

describe('a link is refused', () => {
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

  it('from another address than it was made for', async () => {
    const elsewhere = await shared('Not here', { ip: '203.0.113.7', max_uses: 1 });
    const answer = await opened(app, elsewhere.link.url);
    expect(answer).toMatchObject({ status: 403, body: { code: 'file_link_address_not_allowed' } });
    const { body } = await app.as(user).get(`/files/${elsewhere.file.id}/links`);
    expect(body.items).toMatchObject([{ ip: '203.0.113.7', uses: 0 }]);
    const here = await shared('Here', { ip: '127.0.0.0/8' });
    expect((await opened(app, here.link.url)).text).toBe('Here');
  });

  it('once it is revoked', async () => {
    const { file, link } = await shared();
    expect((await app.as(user).delete(`/files/${file.id}/links/${link.id}`)).status).toBe(204);
    expect(await opened(app, link.url)).toMatchObject({ status: 410, body: { code: 'file_link_revoked' } });
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
    expect((await opened(app, url)).status).toBe(404);
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
