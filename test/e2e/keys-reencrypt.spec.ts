import { Sealer } from '../../src/common/crypto/sealer.js';
import { newId } from '../../src/common/crypto/ids.js';
import { AuditKeys } from '../../src/modules/audit/audit-keys.js';
import { SEALED_COLUMNS } from '../../src/keys-reencrypt.js';
import { UnwatchedWork } from '../../src/modules/auth/unwatched-work.js';
import { TestApp } from '../support/app.js';
import { runCli, startCli } from '../support/cli-process.js';
import { eventually } from '../support/eventually.js';
import { ACCESS_KEY, opened } from '../support/sandbox.js';
import { firstStep, givenProtected } from '../support/second-factors.js';
import { serviceOf } from '../support/weakened.js';

const OLD = 'the key of last year which somebody may have seen';
const NEW = 'the key of this year which nobody has seen so far';
const SETTINGS = {
  SECRET_KEY: 'the key of proofs in these tests, long enough',
  JWT_SECRET_KEY: 'the key of tokens in these tests, long enough',
  JWT_ALGORITHM: 'EdDSA',
  // Nobody is there: mails wait in the outbox.
  SMTP_URL: 'smtp://127.0.0.1:1',
};
const under = (...keys: string[]) => ({ ...SETTINGS, ENCRYPTION_KEY: keys.join() });
const keyIdOf = (key: string) => new Sealer({ encryptionKeys: [key] } as never).keyId;

/** Bytes that are public, digests, or sealed nowhere but under `SECRET_KEY`. */
const NOT_SEALED = /digest|fingerprint|public_key|subject|hash$/;

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: under(OLD) });
});
afterAll(() => app.stop());

const reencrypt = (...keys: string[]) =>
  ['keys:reencrypt', { ...under(...keys), DATABASE_URL: app.database.url }] as const;

async function sealedUnder(key: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table, column } of SEALED_COLUMNS) {
    const text = `SELECT count(*)::int AS n FROM ${table} WHERE substring(${column} FROM 2 FOR 4) = $1`;
    counts[table] = (await app.database.query<{ n: number }>(text, [keyIdOf(key)]))[0]?.n ?? 0;
  }
  return counts;
}

it('knows of every column that holds something sealed', async () => {
  const columns = await app.database.query<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type = 'bytea'`,
  );
  const known = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
  const found = columns.filter(({ column }) => !NOT_SEALED.test(column));
  expect(found.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(known.toSorted());
});

it('everything is sealed anew, and opens without the old key', async () => {
  const { user, phone } = await givenProtected(app);
  const session = await opened(app.as(user));
  await app.anyone.post('/auth/password/forgot', { email: user.email });
  await serviceOf(app.cloudkeep.nest, UnwatchedWork).idle();
  const key = { 'idempotency-key': newId() };
  const kept = await app.as(user).with(key).post('/conversations', { title: 'Kept' });
  await app.cloudkeep.nest.get(AuditKeys).signing();
  const before = await sealedUnder(OLD);
  expect(Object.entries(before).filter(([, count]) => count === 0)).toEqual([]);

  const [command, env] = reencrypt(NEW, OLD);
  const { code, out } = await runCli([command], env);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/Nothing in the database needs the other keys.+ Backups do/),
  ]);
  expect(await sealedUnder(NEW)).toEqual(before);

  const later = await TestApp.start({ env: under(NEW), replicaOf: app });
  try {
    const { mfa_token } = (await firstStep(later, user)).body as { mfa_token: string };
    expect((await later.anyone.post('/auth/login/mfa', { mfa_token, code: phone.nextCode() })).status).toBe(
      200,
    );
    const again = later.as(user).with(key);
    expect((await again.post('/conversations', { title: 'Kept' })).body).toEqual(kept.body);
    const shown = await later.as(user).get(`/sandbox/sessions/${session}`);
    expect(shown.body.aws_access_key_masked).toContain(ACCESS_KEY.slice(-4));
    const evaluated = await later
      .as(user)
      .post(`/sandbox/sessions/${session}/evaluate`, { mode: 'single_instance' });
    expect(evaluated.status).toBe(200);
  } finally {
    await later.stop();
  }
});

it('goes on where it was killed', async () => {
  const sealer = new Sealer({ encryptionKeys: [OLD] } as never);
  const ids = Array.from({ length: 5_000 }, newId);
  await app.database.query(
    `INSERT INTO one_time_tokens (id, purpose, subject, digest, sealed_data, expires_at)
     SELECT id, 'test', 'nobody', sha256(id::text::bytea), sealed, now() + interval '1 day'
     FROM unnest($1::uuid[], $2::bytea[]) AS given (id, sealed)`,
    [ids, ids.map((id) => sealer.seal('{}', `one-time-token:${id}`))],
  );
  const [command, env] = reencrypt(NEW, OLD);
  const { child, outcome } = startCli([command], env);
  const left = async () => (await sealedUnder(OLD)).one_time_tokens ?? 0;
  await eventually(async () => expect(await left()).toBeLessThan(5_000), { within: 20_000 });
  child.kill('SIGKILL');
  await outcome;
  const half = await left();
  expect(await runCli([command], env)).toMatchObject({
    code: 0,
    out: expect.stringContaining(`one_time_tokens: ${half} sealed anew`) as string,
  });
  expect(await left()).toBe(0);
});

it('what no key opens is left as it is, and told', async () => {
  const id = newId();
  const sealed = new Sealer({ encryptionKeys: ['a key that got lost, as keys do'] } as never).seal(
    '{}',
    `one-time-token:${id}`,
  );
  await app.database.query(
    `INSERT INTO one_time_tokens (id, purpose, subject, digest, sealed_data, expires_at)
     VALUES ($1, 'test', 'nobody', sha256('lost'), $2, now())`,
    [id, sealed],
  );
  const [command, env] = reencrypt(NEW, OLD);
  expect(await runCli([command], env)).toMatchObject({
    code: 1,
    errors: expect.stringContaining('No key in ENCRYPTION_KEY opens 1 in one_time_tokens') as string,
  });
  const rows = await app.database.query<{ sealed: Buffer }>(
    'SELECT sealed_data AS sealed FROM one_time_tokens WHERE id = $1',
    [id],
  );
  expect(rows[0]?.sealed.equals(sealed)).toBe(true);
});
