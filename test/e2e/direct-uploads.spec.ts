import { createHash } from 'node:crypto';
import { givenDirectUploads } from '../support/direct-uploads.js';
import { linked, open, opened } from '../support/links.js';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe.each(['local', 's3'])('a direct upload to a %s store', (backend) => {
  const { at, begun, send, complete, objects } = givenDirectUploads(backend);

  it('becomes a file like any other', async () => {
    const content = '{"json": "as the file"}';
    const upload = await begun(content, {
      file_name: 'päper.json',
      content_type: 'application/json',
      sha256: sha256(content),
      collection: 'papers',
      resource_type: 'person',
      resource_id: '42',
      metadata: { year: 2024 },
    });
    expect(upload).toEqual({
      upload_id: expect.any(String),
      upload_url: expect.any(String),
      method: 'PUT',
      headers: expect.anything(),
      expires_at: expect.any(String),
    });
    expect(new URL(upload.upload_url).origin === at.s3?.url).toBe(backend === 's3');
    const path = `/files/uploads/${upload.upload_id}`;
    expect((await at.app.as(at.user).get(path)).body).toMatchObject({
      status: 'pending',
      received: 0,
      file_id: null,
    });
    expect(await complete(upload.upload_id)).toMatchObject({
      status: 409,
      body: { code: 'upload_content_awaited' },
    });
    expect((await send(upload, content)).ok).toBe(true);
    expect((await at.app.as(at.user).get(path)).body).toMatchObject({
      status: 'pending',
      received: content.length,
    });

    const { status, body: file } = await complete(upload.upload_id);
    expect([status, file]).toEqual([201, expect.anything()]);
    expect(file).toMatchObject({
      file_key: expect.stringMatching(/^papers\/[0-9a-f-]{36}_päper\.json$/),
      file_name: 'päper.json',
      size: content.length,
      content_type: 'application/json',
      sha256: sha256(content),
      collection: 'papers',
      resource_type: 'person',
      resource_id: '42',
      metadata: { year: 2024 },
      version: 1,
      storage_backend: backend,
      owner_id: at.user.id,
    });
    expect((await at.app.as(at.user).get(`/files/${file.id}`)).body).toEqual(file);
    expect((await at.app.as(at.user).get(path)).body).toMatchObject({
      status: 'completed',
      file_id: file.id,
    });
    expect((await complete(upload.upload_id)).body).toEqual(file);
    expect(await objects()).not.toContainEqual(expect.stringContaining(upload.upload_id));
    const { body: usage } = await at.app.as(at.user).get('/files/usage');
    expect(JSON.stringify(usage)).toContain(`"used_bytes":${content.length}`);

    const link = await linked(at.app, at.user, file.id, { max_uses: 1 });
    const answer = await opened(at.app, link.url);
    if (backend === 'local') expect([answer.status, answer.text]).toEqual([200, content]);
    else {
      expect([answer.status, answer.headers.location]).toEqual([
        302,
        expect.stringContaining(at.s3?.url ?? ''),
      ]);
      const bytes = await fetch(answer.headers.location ?? '');
      expect(bytes.headers.get('content-disposition')).toContain('attachment');
      expect(await bytes.text()).toBe(content);
      expect((await open(at.app, link.url)).status).toBe(410);
    }
  });

  it('keeps what was checked, whatever is sent to its address afterwards', async () => {
    const upload = await begun('checked', { sha256: sha256('checked') });
    await send(upload, 'checked');
    const { body: file } = await complete(upload.upload_id);
    await send(upload, 'changed');
    const { text } = await at.app.as(at.user).get(`/files/${file.id}/download?mode=stream`);
    expect(text).toBe('checked');
  });

  it('is what its bytes say, not what was claimed of them', async () => {
    for (const [content, claimed, type] of [
      [PNG, 'text/html', 'image/png'],
      [Buffer.from('<html><script>alert(1)</script></html>'), 'image/png', 'text/html'],
    ] as const) {
      const upload = await begun(content, { content_type: claimed });
      expect((await send(upload, content)).ok).toBe(true);
      expect((await complete(upload.upload_id)).body).toMatchObject({ content_type: type });
    }
  });

  it('can be empty', async () => {
    const upload = await begun('');
    expect((await send(upload, '')).ok).toBe(true);
    expect((await complete(upload.upload_id)).body).toMatchObject({ size: 0, sha256: sha256('') });
  });

  it('of another size than announced is refused, and leaves nothing', async () => {
    const before = await objects();
    const upload = await begun('twelve bytes');
    const sent = await send(upload, 'more than twelve bytes');
    if (backend === 'local')
      expect([sent.status, ((await sent.json()) as { code: string }).code]).toEqual([400, 'size_mismatch']);
    const answer = await complete(upload.upload_id);
    expect(answer.status).toBe(409);
    expect(answer.body.code).toMatch(/^upload_(size_mismatch|content_awaited)$/);
    expect(await objects()).toEqual(before);
  });

  it('of another digest than announced is refused, leaves nothing, and can be sent again', async () => {
    const before = await objects();
    const upload = await begun('right', { sha256: sha256('right') });
    await send(upload, 'wrong');
    expect(await complete(upload.upload_id)).toMatchObject({
      status: 409,
      body: { code: 'upload_digest_mismatch' },
    });
    expect(await objects()).toEqual(before);
    expect((await at.app.as(at.user).get('/files')).body.items).toEqual([]);
    await send(upload, 'right');
    expect((await complete(upload.upload_id)).status).toBe(201);
  });

  it('completed by twenty at once is one file', async () => {
    const upload = await begun('once');
    await send(upload, 'once');
    const before = (await objects()).length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => complete(upload.upload_id)));
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await at.app.as(at.user).get('/files')).body.items).toHaveLength(1);
    expect(await objects()).toHaveLength(before);
  });
});
