import { randomBytes } from 'node:crypto';
import { SharingJobs } from '../../src/modules/files/sharing.jobs.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { BYTES, MIB, base64, givenTus, named, problem, sha256 } from '../support/tus.js';

const { tus, begun, append, offsetOf, objects, digestOf, slowly, at } = givenTus();

describe('of two requests at once', () => {
  it('the later goes on, and nothing of the earlier gets in', async () => {
    const content = randomBytes(2 * MIB);
    const path = await begun(content.length);
    const held = slowly(path, 0, content.length, Buffer.alloc(MIB, 'x'));
    const replica = await TestApp.start({ replicaOf: at.app });
    await eventually(
      async () => {
        const [row] = await at.app.database.query<{ writer: string | null }>(
          'SELECT writer FROM file_uploads WHERE id = $1',
          [path.split('/').at(-1)],
        );
        expect(row?.writer).not.toBeNull();
      },
      { within: 5000 },
    );
    const answer = await fetch(`${replica.url}${path}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${at.user.token}`,
        'tus-resumable': '1.0.0',
        ...BYTES,
        'upload-offset': '0',
      },
      body: content,
    });
    await replica.stop();
    expect(answer.status).toBe(204);
    held.request.end(Buffer.alloc(MIB, 'x'));
    expect(await held.status).toBe(409);
    expect(await digestOf(answer.headers.get('x-file-id') ?? '')).toBe(sha256(content));
    expect((await objects()).filter((key) => key.includes(path.split('/').at(-1) ?? ''))).toEqual([]);
  });

  it('ten at the same offset leave one whole file', async () => {
    const content = randomBytes(MIB);
    const path = await begun(content.length);
    const answers = await Promise.all(Array.from({ length: 10 }, () => append(path, 0, content)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 204 && status !== 409)).toEqual(
      [],
    );
    const id = (await tus('HEAD', path)).headers.get('x-file-id') ?? '';
    expect(await digestOf(id)).toBe(sha256(content));
    expect((await at.app.as(at.user).get('/files')).body.items).toHaveLength(1);
  });
});

describe('a resumable upload is refused', () => {
  it('when it is too large, or there is no room', async () => {
    const large = await tus('POST', '', { 'upload-length': String(64 * MIB + 1), ...named('x') });
    expect(await problem(large)).toEqual([413, 'file_too_large']);
    await begun(60 * MIB);
    const more = await tus('POST', '', { 'upload-length': String(5 * MIB), ...named('x') });
    expect(await problem(more)).toEqual([507, 'quota_exceeded']);
    expect(more.headers.get('tus-resumable')).toBe('1.0.0');
  });

  it('at its end when the room was taken meanwhile, and ends well once there is some', async () => {
    const path = await begun(5);
    await at.app.database.query(
      `INSERT INTO storage_usage (organization_id, subject_id, used_bytes, file_count) VALUES ($1, $2, $3, 1)`,
      [at.user.organizationId, at.user.id, 64 * MIB - 1],
    );
    expect(await problem(await append(path, 0, Buffer.from('hello')))).toEqual([507, 'quota_exceeded']);
    expect((await tus('HEAD', path)).status).toBe(507);
    await at.app.database.query('UPDATE storage_usage SET used_bytes = 0 WHERE subject_id = $1', [
      at.user.id,
    ]);
    expect(await digestOf((await tus('HEAD', path)).headers.get('x-file-id') ?? '')).toBe(sha256('hello'));
  });

  it.each([
    ['no name', `collection ${base64('x')}`, 'filename'],
    ['an empty name', 'filename', 'filename'],
    ['a collection outside', `filename ${base64('x')},collection ${base64('../up')}`, 'collection'],
    ['metadata that is none', `filename ${base64('x')},metadata ${base64('[1]')}`, 'metadata'],
    ['a field nobody knows', `filename ${base64('x')},owner_id ${base64('x')}`, 'owner_id'],
    ['NUL', `filename ${base64('x')},resource_id ${base64('a\0b')}`, 'resource_id'],
  ])('with %s', async (_, metadata, field) => {
    const answer = await tus('POST', '', { 'upload-length': '1', 'upload-metadata': metadata });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
  });

  it.each([
    ['metadata that can not be read', { 'upload-length': '1', 'upload-metadata': 'filename !!' }, 400],
    ['no length', named('x'), 400],
    ['a length that is none', { 'upload-length': '-1', ...named('x') }, 400],
    ['a length to be told later', { 'upload-defer-length': '1', ...named('x') }, 501],
    ['another version', { 'upload-length': '1', ...named('x'), 'tus-resumable': '0.2.2' }, 400],
    ['pieces to be joined', { 'upload-length': '1', ...named('x'), 'upload-concat': 'partial' }, 501],
  ])('with %s', async (_, headers, status) => {
    const answer = await tus('POST', '', headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('at another offset than its end, past its end, or as another type', async () => {
    const path = await begun(5);
    expect(await problem(await append(path, 3, Buffer.from('lo')))).toEqual([409, 'upload_offset_conflict']);
    expect(await problem(await append(path, 0, Buffer.from('hello world')))).toEqual([413, 'file_too_large']);
    expect(
      (
        await tus(
          'PATCH',
          path,
          { 'upload-offset': '0', 'content-type': 'application/json' },
          Buffer.from('{}'),
        )
      ).status,
    ).toBe(400);
    expect((await tus('PATCH', path, BYTES, Buffer.from('x'))).status).toBe(400);
    expect(await offsetOf(path)).toBe(0);
    const missing = `/api/v1/files/tus/01900000-0000-7000-8000-00000000dead`;
    expect(await problem(await append(missing, 0, Buffer.from('x')))).toEqual([404, 'upload_not_found']);
  });

  it('to everybody but its maker, and without a credential', async () => {
    const path = await begun(5);
    for (const stranger of [await at.app.given.signedIn(), await at.app.given.signedIn({ role: 'admin' })]) {
      expect((await tus('HEAD', path, {}, undefined, stranger)).status).toBe(404);
      expect((await append(path, 0, Buffer.from('hello'), stranger)).status).toBe(404);
      expect((await tus('DELETE', path, {}, undefined, stranger)).status).toBe(404);
    }
    const reader = await at.app.given.personalToken(at.user, ['files:read']);
    expect(
      (await tus('POST', '', { 'upload-length': '1', ...named('x') }, undefined, { ...at.user, ...reader }))
        .status,
    ).toBe(403);
    expect((await fetch(`${at.app.url}${path}`, { method: 'HEAD' })).status).toBe(401);
    expect(await offsetOf(path)).toBe(0);
  });

  it('past its time, and is cleaned up with what came of it', async () => {
    const jobs = at.app.cloudkeep.nest.get(SharingJobs);
    const path = await begun(10);
    await append(path, 0, Buffer.from('hello'));
    at.app.clock.advance(24 * 60 * 60 + 1);
    at.user = await at.app.given.signIn(at.user);
    expect((await tus('HEAD', path)).status).toBe(410);
    expect(await problem(await append(path, 5, Buffer.from('world')))).toEqual([410, 'upload_expired']);
    await jobs.expire();
    expect((await tus('HEAD', path)).status).toBe(404);
    expect((await objects()).filter((key) => key.startsWith('uploads/'))).toEqual([]);
  });
});
