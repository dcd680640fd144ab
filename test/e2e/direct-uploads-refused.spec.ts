import { createHash } from 'node:crypto';
import { SharingJobs } from '../../src/modules/files/sharing.jobs.js';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { givenDirectUploads } from '../support/direct-uploads.js';
import { pathOf } from '../support/links.js';

const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex');

describe.each(['local', 's3'])('a direct upload to a %s store', (backend) => {
  const { at, request, begun, send, complete, objects } = givenDirectUploads(backend);

  it('in a race for the last room never exceeds the quota', async () => {
    const content = 'x'.repeat(900);
    const uploads = [await begun(content), await begun(content)];
    expect(await at.app.as(at.user).post('/files/uploads', request(content))).toMatchObject({
      status: 507,
      body: { code: 'quota_exceeded' },
    });
    for (const upload of uploads) await send(upload, content);
    const form = await at.app.as(at.user).post('/files/uploads', request('x'.repeat(700)));
    await send(form.body, 'x'.repeat(700));
    await at.app.database.query(
      `INSERT INTO storage_usage (organization_id, subject_id, used_bytes, file_count) VALUES ($1, $2, 700, 1)`,
      [at.user.organizationId, at.user.id],
    );
    const ids = [...uploads.map(({ upload_id }) => upload_id as string), form.body.upload_id as string];
    const answers = await Promise.all(ids.map((id) => complete(id)));
    const [{ used } = { used: 0 }] = await at.app.database.query<{ used: number }>(
      'SELECT used_bytes::int AS used FROM storage_usage WHERE subject_id = $1',
      [at.user.id],
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 507].slice(0, 3));
    expect(used).toBeLessThanOrEqual(2500);
  });

  it('too large, over the quota, or with bad fields does not begin', async () => {
    const client = at.app.as(at.user);
    const tooLarge = await client.post('/files/uploads', request('', { size: 1001 }));
    expect(tooLarge).toMatchObject({ status: 413, body: { code: 'file_too_large', limit: 1000 } });
    for (const [field, value] of [
      ['size', -1],
      ['size', '5'],
      ['sha256', 'abc'],
      ['sha256', sha256('x').toUpperCase()],
      ['content_type', 'text/plain\r\nx: y'],
      ['collection', '../up'],
      ['file_name', ''],
      ['file_name', '..'],
      ['metadata', '{}'],
      ['owner_id', at.user.id],
    ]) {
      const answer = await client.post('/files/uploads', request('x', { [field as string]: value }));
      expect([field, answer.status, answer.body.errors?.[0]?.field]).toEqual([field, 400, field]);
    }
    const missing = await client.post('/files/uploads', {});
    const named = missing.body.errors.map((error: { field: string }) => error.field) as string[];
    expect([...new Set(named)].sort()).toEqual(['content_type', 'file_name', 'size']);
  });

  it('is nobody else’s, not even who manages all files', async () => {
    const upload = await begun('mine');
    await send(upload, 'mine');
    for (const stranger of [await at.app.given.signedIn(), await at.app.given.signedIn({ role: 'admin' })]) {
      const path = `/files/uploads/${upload.upload_id}`;
      expect((await at.app.as(stranger).get(path)).status).toBe(404);
      expect((await complete(upload.upload_id, stranger)).status).toBe(404);
      expect((await at.app.as(stranger).delete(path)).status).toBe(404);
    }
    expect((await complete(upload.upload_id)).status).toBe(201);
  });

  it('is given up with what came of it, but not once it is a file', async () => {
    const before = await objects();
    const upload = await begun('unwanted');
    await send(upload, 'unwanted');
    const path = `/files/uploads/${upload.upload_id}`;
    expect((await at.app.as(at.user).delete(path)).status).toBe(204);
    expect((await at.app.as(at.user).get(path)).status).toBe(404);
    expect(await objects()).toEqual(before);
    if (backend === 'local') expect((await send(upload, 'unwanted')).status).toBe(404);
    const wanted = await begun('wanted');
    await send(wanted, 'wanted');
    await complete(wanted.upload_id);
    const late = await at.app.as(at.user).delete(`/files/uploads/${wanted.upload_id}`);
    expect(late).toMatchObject({ status: 409, body: { code: 'upload_completed' } });
    if (backend === 'local') expect((await send(wanted, 'wanted')).status).toBe(409);
  });

  it('expires, and is cleaned up with what came of it', async () => {
    const jobs = at.app.cloudkeep.nest.get(SharingJobs);
    at.app.clock.advance(3601);
    at.user = await at.app.given.signIn(at.user);
    await jobs.expire();
    const before = await objects();
    expect(before.filter((key) => key.startsWith('uploads/'))).toEqual([]);
    const upload = await begun('too late');
    await send(upload, 'too late');
    await jobs.sweep();
    await jobs.expire();
    expect(await objects()).toHaveLength(before.length + 1);
    at.app.clock.advance(3601);
    at.user = await at.app.given.signIn(at.user);
    expect(await complete(upload.upload_id)).toMatchObject({ status: 410, body: { code: 'upload_expired' } });
    if (backend === 'local') expect((await send(upload, 'too late')).status).toBe(410);
    await jobs.expire();
    expect(await objects()).toEqual(before);
    expect((await at.app.as(at.user).get(`/files/uploads/${upload.upload_id}`)).status).toBe(404);
    const store = at.app.cloudkeep.nest.get<ObjectStore>(ObjectStore);
    await store.set('uploads/01900000-0000-7000-8000-00000000dead/content', Buffer.from('left'));
    await jobs.sweep();
    expect(await objects()).toEqual(before);
  });

  if (backend === 'local') {
    it('refuses its address with any byte changed, and for another verb', async () => {
      const upload = await begun('signed');
      const path = pathOf(upload.upload_url);
      for (const index of [
        path.indexOf('/content') - 1,
        path.indexOf('expires=') + 9,
        path.indexOf('key=') + 4,
        path.length - 1,
      ]) {
        const changed = path.slice(0, index) + (path[index] === '1' ? '2' : '1') + path.slice(index + 1);
        const answer = await fetch(`${at.app.url}${changed}`, { method: 'PUT', body: 'signed' });
        expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
          403,
          'signature_invalid',
        ]);
      }
      expect((await fetch(`${at.app.url}${path}`)).status).toBe(404);
      const link = path.replace('/files/uploads/', '/files/shared/').replace('/content', '');
      expect((await fetch(`${at.app.url}${link}`)).status).toBe(403);
      expect((await send(upload, 'signed')).status).toBe(204);
    });
  }
});
