import { pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import argon2 from 'argon2';
import bcrypt from 'bcrypt';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD, type SignedIn } from '../support/factories/given.js';
import { importer, person, text } from '../support/imports.js';

let app: TestApp;
let admin: SignedIn;
beforeAll(async () => {
  app = await TestApp.start();
  admin = await app.given.signedIn({ role: 'admin' });
});
afterAll(() => app.stop());

const asImporter = (credential = admin): ApiClient => importer(app, credential);

const bring = (lines: readonly unknown[], query = '', by = asImporter()) =>
  by.post(`/users/import${query}`, text(lines));

const exists = async ({ email }: { email: string }) =>
  (await app.database.query('SELECT FROM users WHERE email = lower($1)', [email])).length === 1;

/** What is in use, without what the collector has not come to yet. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function werkzeug(password: string): string {
  return `pbkdf2:sha256:1000$somesalt$${pbkdf2Sync(password, 'somesalt', 1000, 32, 'sha256').toString('hex')}`;
}

describe('people from another system', () => {
  it('sign in with the passwords they had', async () => {
    const hashes = [await argon2.hash(PASSWORD), await bcrypt.hash(PASSWORD, 4), werkzeug(PASSWORD)];
    const people = hashes.map((password_hash) => person({ password_hash, full_name: 'From Before' }));
    const { status, body } = await bring(people);
    expect([status, body]).toEqual([
      200,
      { applied: true, total: 3, created: 3, skipped: 0, failed: 0, lines: [], lines_omitted: 0 },
    ]);
    for (const { email } of people) {
      const answer = await app.anyone.post('/auth/login', { email, password: PASSWORD });
      expect(answer.body.user).toMatchObject({ email, full_name: 'From Before', role: 'user' });
      expect((await app.anyone.post('/auth/login', { email, password: 'wrong' })).status).toBe(401);
    }
  });

  it('keep role, state and proof of address; those without a hash have no password', async () => {
    const people = [
      person({ role: 'viewer', email_verified: true }),
      person({ is_active: false, password_hash: null }),
    ];
    await bring(people);
    const rows = await app.database.query(
      `SELECT role, is_active, email_verified, password_hash FROM users WHERE email = ANY ($1) ORDER BY id`,
      [people.map(({ email }) => email)],
    );
    expect(rows).toEqual([
      { role: 'viewer', is_active: true, email_verified: true, password_hash: null },
      { role: 'user', is_active: false, email_verified: false, password_hash: null },
    ]);
  });

  it('come 10,000 at a time, within seconds', async () => {
    const people = Array.from({ length: 10_000 }, () => person());
    const startedAt = performance.now();
    const { body } = await bring(people);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(body).toMatchObject({ total: 10_000, created: 10_000, failed: 0 });
    const again = await bring(people);
    expect(again.body).toMatchObject({ created: 0, skipped: 10_000, failed: 0, lines_omitted: 9_000 });
    expect(again.body.lines).toHaveLength(1_000);
  });

  it('are in the trail with the lines they came in, also while others are still to come', async () => {
    const { id, token } = await app.given.signedIn({ role: 'admin' });
    const people = Array.from({ length: 501 }, () => person());
    const trail = () =>
      app.database.query(
        `SELECT details FROM audit_logs WHERE action = 'user.import' AND user_id = $1 ORDER BY id`,
        [id],
      );
    async function* halting(): AsyncGenerator<Buffer> {
      yield Buffer.from(`${text(people.slice(0, 500))}\n`);
      await eventually(async () => expect(await trail()).toHaveLength(1), { within: 5000 });
      yield Buffer.from(text(people.slice(500)));
    }
    const answer = await fetch(`${app.url}/api/v1/users/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body: halting(),
      duplex: 'half',
    } as unknown as RequestInit);
    expect(await answer.json()).toMatchObject({ total: 501, created: 501 });
    const rest = { atomic: false, skipped: 0, failed: 0 };
    expect(await trail()).toEqual([
      { details: { ...rest, created: 500 } },
      { details: { ...rest, created: 1 } },
    ]);
  });

  it('take no more memory the more they are', async () => {
    const line = `${JSON.stringify({ ...person(), full_name: 'x'.repeat(8_000) })}\n`;
    const block = Buffer.from(line.repeat(100));
    const blocks = 120; // about 97 MB
    const held: number[] = [];
    async function* upload(): AsyncGenerator<Buffer> {
      for (let n = 1; n <= blocks; n++) {
        if (n % 20 === 0) held.push(heldBytes());
        yield await Promise.resolve(block);
      }
    }
    const sending = request(`${app.url}/api/v1/users/import?dry_run=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/x-ndjson' },
    });
    const [[answer]] = await Promise.all([
      once(sending, 'response') as Promise<[IncomingMessage]>,
      pipeline(upload(), sending),
    ]);
    expect(await json(answer)).toMatchObject({ total: blocks * 100, failed: blocks * 100 });
    const [first = 0] = held;
    expect(Math.max(...held) - first).toBeLessThan(15 * 2 ** 20);
  });
});

describe('a wrong line', () => {
  it('is told by its number and hinders no other', async () => {
    const taken = await app.given.user();
    const good = [person(), person(), person()];
    const { body } = await bring([
      good[0],
      '{"email": broken',
      '',
      person({ email: 'nobody' }),
      person({ username: 'a b', role: 'no-such', surprise: 1 }),
      good[1],
      person({ role: 'no-such' }),
      person({ password_hash: 'md5:abc' }),
      person({ email: taken.email.toUpperCase() }),
      person({ username: taken.username.toUpperCase() }),
      person({ email: good[0]?.email.toUpperCase() }),
      '[1]',
      person({ full_name: 'NUL \0' }),
      `{"email":"x@example.com","username":"xxx","__proto__":{"role":"admin"}}`,
      person({ full_name: 'x'.repeat(9_000) }),
      person({ password: PASSWORD }),
      good[2],
      person({ email: '"a b"@example.com' }),
    ]);
    const told = body.lines.map((one: { line: number; status: string; errors: { field: string }[] }) => [
      one.line,
      one.status,
      [...new Set(one.errors.map(({ field }) => field))].sort(),
    ]);
    expect(told.sort((a: number[], b: number[]) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual([
      [2, 'failed', ['line']],
      [4, 'failed', ['email']],
      [5, 'failed', ['surprise', 'username']],
      [7, 'failed', ['role']],
      [8, 'failed', ['password_hash']],
      [9, 'skipped', ['email']],
      [10, 'failed', ['username']],
      [11, 'skipped', ['email']],
      [12, 'failed', ['line']],
      [13, 'failed', ['full_name']],
      [14, 'failed', ['__proto__']],
      [15, 'failed', ['line']],
      [16, 'failed', ['password']],
      [18, 'failed', ['email']],
    ]);
    expect(body).toMatchObject({ applied: true, total: 17, created: 3, skipped: 2, failed: 12 });
    for (const one of good) expect(await exists(one)).toBe(true);
  });

  it('takes an atomic import back, over many batches', async () => {
    const people = Array.from({ length: 1_200 }, () => person());
    const wrong = [...people, { ...person(), username: people[3]?.username }];
    const { body } = await bring(wrong, '?atomic=true');
    expect(body).toMatchObject({ applied: false, created: 1_200, failed: 1, lines: [{ line: 1_201 }] });
    expect(await exists(people[0] ?? person())).toBe(false);
    expect((await bring(people, '?atomic=true')).body).toMatchObject({ applied: true, created: 1_200 });
    expect(await exists(people[1_199] ?? person())).toBe(true);
  });

  it('is found by a dry run, which changes nothing', async () => {
    const people = [person(), person()];
    const { body } = await bring([...people, people[1]], '?dry_run=true');
    expect(body).toMatchObject({ applied: false, created: 2, skipped: 1, lines: [{ line: 3 }] });
    expect(await exists(people[0] ?? person())).toBe(false);
    expect((await bring(people)).body.created).toBe(2);
  });
});

describe('power', () => {
  it('is not imported: nobody brings in a role above their own', async () => {
    const operator = app.as(admin);
    await operator.post('/roles', { name: 'importer', scopes: ['users:manage', 'profile:read'] });
    const importer = await app.given.signedIn({ role: 'importer' });
    const { body } = await bring(
      [person({ role: 'admin' }), person({ role: 'guest' })],
      '',
      asImporter(importer),
    );
    expect(body).toMatchObject({ created: 1, failed: 1, lines: [{ line: 1, errors: [{ field: 'role' }] }] });
    expect((await bring([person()], '', asImporter(await app.given.signedIn()))).status).toBe(403);
  });

  it('ends at the organisation; only the operator’s vouches for addresses', async () => {
    const organizationId = await app.given.organization();
    const other = await app.given.signedIn({ role: 'admin', organizationId });
    const people = [
      person(),
      person({ email_verified: true }),
      person({ organization_id: admin.organizationId }),
    ];
    const { body } = await bring([...people, person({ email: admin.email })], '', asImporter(other));
    expect(body).toMatchObject({ created: 1, failed: 3 });
    const [elsewhere] = body.lines.at(-1).errors as { message: string }[];
    expect(elsewhere?.message).toContain('an account of another organisation');
    const rows = await app.database.query('SELECT organization_id FROM users WHERE email = $1', [
      people[0]?.email,
    ]);
    expect(rows).toEqual([{ organization_id: organizationId }]);
  });
});
