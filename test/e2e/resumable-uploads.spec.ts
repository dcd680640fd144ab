import { randomBytes } from 'node:crypto';
import { Upload } from 'tus-js-client';
import { eventually } from '../support/eventually.js';
import { BYTES, MIB, base64, givenTus, named, problem, sha256 } from '../support/tus.js';

const { uploadWith, tus, begun, append, offsetOf, objects, digestOf, slowly, at } = givenTus();

describe('a resumable upload', () => {
  it('becomes a file like any other, with what is said of it', async () => {
    const content = randomBytes(9 * MIB + 17);
    const before = await objects();
    const id = await uploadWith(content, {
      chunkSize: 5 * MIB,
      metadata: {
        filename: 'päper.bin',
        filetype: 'application/x-paper',
        collection: 'papers',
        resource_type: 'person',
        resource_id: '42',
        metadata: '{"year": 2024}',
      },
    });
    const { body } = await at.app.as(at.user).get(`/files/${id}`);
    expect(body).toMatchObject({
      file_key: expect.stringMatching(/^papers\/[0-9a-f-]{36}_päper\.bin$/),
      size: content.length,
      content_type: 'application/x-paper',
      sha256: sha256(content),
      resource_type: 'person',
      resource_id: '42',
      metadata: { year: 2024 },
      owner_id: at.user.id,
      version: 1,
    });
    expect(await digestOf(id)).toBe(sha256(content));
    expect(await objects()).toHaveLength(before.length + 1);
    const trail = await at.app.database.query(
      `SELECT FROM audit_logs WHERE action = 'file.upload' AND resource = $1`,
      [`file:${id}`],
    );
    expect(trail).toHaveLength(1);
  });

  it.each(['a\0b', 'no type', 'Text/Plain; charset=utf-8', ''])(
    'may be said to be of type %j',
    async (type) => {
      const said = `filename ${base64('x')},filetype ${base64(type)}`;
      const begun = await tus('POST', '', { 'upload-length': '1', 'upload-metadata': said });
      const content_type = type.startsWith('Text') ? 'text/plain' : 'application/octet-stream';
      expect([begun.status, await begun.json()]).toMatchObject([201, { content_type }]);
    },
  );

  it('is paused and goes on where it was', async () => {
    const content = randomBytes(6 * MIB);
    const begunAt: { url: string | null } = { url: null };
    await new Promise<void>((resolve) => {
      const upload = new Upload(content, {
        endpoint: `${at.app.url}/api/v1/files/tus`,
        headers: { authorization: `Bearer ${at.user.token}` },
        metadata: { filename: 'notes.txt' },
        chunkSize: MIB,
        onChunkComplete: (_, accepted) => {
          if (accepted < 2 * MIB) return;
          begunAt.url = upload.url;
          void upload.abort().then(resolve);
        },
      });
      upload.start();
    });
    const path = new URL(begunAt.url ?? '').pathname;
    expect(await offsetOf(path)).toBeGreaterThanOrEqual(2 * MIB);
    const { body } = await at.app.as(at.user).get(path.replace('/api/v1', ''));
    expect(body).toMatchObject({ status: 'pending', size: content.length, file_name: 'notes.txt' });
    const id = await uploadWith(content, { uploadUrl: begunAt.url });
    expect(await digestOf(id)).toBe(sha256(content));
  });

  it('keeps what came of a request whose connection broke', async () => {
    const content = randomBytes(3 * MIB);
    const path = await begun(content.length);
    const { request } = slowly(path, 0, content.length, content.subarray(0, MIB));
    await new Promise((resolve) => request.write('', resolve));
    await eventually(() => expect(request.socket?.bytesWritten).toBeGreaterThan(MIB), { within: 5000 });
    request.destroy();
    await eventually(async () => expect(await offsetOf(path)).toBeGreaterThan(0), { within: 5000 });
    const id = await uploadWith(content, { uploadUrl: `${at.app.url}${path}` });
    expect(await digestOf(id)).toBe(sha256(content));
  });

  it('can come with its content in one request, or be empty', async () => {
    const whole = await tus(
      'POST',
      '',
      { 'upload-length': '5', ...named('a.txt'), ...BYTES },
      Buffer.from('hello'),
    );
    expect([whole.status, whole.headers.get('upload-offset')]).toEqual([201, '5']);
    const { body } = await at.app.as(at.user).get(`/files/${whole.headers.get('x-file-id')}`);
    expect(body).toMatchObject({ file_name: 'a.txt', sha256: sha256('hello'), content_type: 'text/plain' });
    const empty = await tus('POST', '', { 'upload-length': '0', ...named('empty.txt') });
    expect((await at.app.as(at.user).get(`/files/${empty.headers.get('x-file-id')}`)).body).toMatchObject({
      size: 0,
    });
  });

  it('begun with part of its content goes on', async () => {
    const half = await tus(
      'POST',
      '',
      { 'upload-length': '10', ...named('a.txt'), ...BYTES },
      Buffer.from('hello'),
    );
    expect([half.status, half.headers.get('upload-offset'), half.headers.get('x-file-id')]).toEqual([
      201,
      '5',
      null,
    ]);
    expect(half.headers.get('upload-expires')).toMatch(/GMT$/);
    const rest = await append(half.headers.get('location') ?? '', 5, Buffer.from('world'));
    expect([rest.status, rest.headers.get('upload-offset')]).toEqual([204, '10']);
    expect(await digestOf(rest.headers.get('x-file-id') ?? '')).toBe(sha256('helloworld'));
  });

  it('tells how far it is, what was said of it, and what it became', async () => {
    const path = await begun(4, {
      'upload-metadata': `filename ${base64('n.txt')},relativePath ${base64('x/n.txt')}`,
    });
    const head = await tus('HEAD', path);
    expect([head.status, Object.fromEntries(head.headers)]).toEqual([
      200,
      expect.objectContaining({
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'upload-length': '4',
        'upload-metadata': `filename ${base64('n.txt')},relativePath ${base64('x/n.txt')}`,
        'cache-control': 'no-store',
      }),
    ]);
    const done = await append(path, 0, Buffer.from('done'));
    const id = done.headers.get('x-file-id');
    expect((await tus('HEAD', path)).headers.get('x-file-id')).toBe(id);
    expect((await at.app.as(at.user).get(path.replace('/api/v1', ''))).body).toMatchObject({
      status: 'completed',
      file_id: id,
    });
    expect(await problem(await tus('DELETE', path))).toEqual([409, 'upload_completed']);
  });

  it('describes itself', async () => {
    const answer = await fetch(`${at.app.url}/api/v1/files/tus`, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'tus-version': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,expiration,termination',
      'tus-max-size': String(64 * MIB),
    });
  });

  it('is given up with what came of it', async () => {
    const before = await objects();
    const path = await begun(10);
    await append(path, 0, Buffer.from('hello'));
    expect(await objects()).toHaveLength(before.length + 1);
    expect((await tus('DELETE', path)).status).toBe(204);
    expect((await tus('HEAD', path)).status).toBe(404);
    expect(await objects()).toEqual(before);
  });

  it('is finished by who asks for its offset when the process ended in between', async () => {
    const path = await begun(5);
    await append(path, 0, Buffer.from('hell'));
    await at.app.database.query(`UPDATE file_uploads SET size = 4 WHERE id = $1`, [path.split('/').at(-1)]);
    const head = await tus('HEAD', path);
    expect([head.status, head.headers.get('upload-offset')]).toEqual([200, '4']);
    expect(await digestOf(head.headers.get('x-file-id') ?? '')).toBe(sha256('hell'));
  });
});
