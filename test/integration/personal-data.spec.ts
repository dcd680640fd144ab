import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { givenWholePerson, type WholePerson } from '../support/whole-person.js';

/** Where each table with rows about people is in the export. */
const EXPORTED: Readonly<Record<string, string>> = {
  audit_logs: 'activity',
  conversation_messages: 'conversation_messages',
  conversations: 'conversations',
  file_access_logs: 'file_access',
  file_links: 'file_links',
  file_uploads: 'file_uploads',
  file_versions: 'files',
  files: 'files',
  identities: 'identities',
  invitations: 'invitations',
  lab_assignments: 'lab',
  lab_configs: 'lab',
  lab_models: 'lab',
  machine_credentials: 'tokens_and_keys',
  mail_outbox: 'mails',
  organizations: 'organization',
  passkeys: 'second_factors',
  recovery_codes: 'second_factors',
  sandbox_actions: 'sandbox_actions',
  sandbox_logs: 'sandbox_logs',
  sandbox_savings: 'sandbox_savings',
  sandbox_sessions: 'sandbox_sessions',
  sessions: 'sessions',
  totp_factors: 'second_factors',
  user_preferences: 'preferences',
  users: 'profile',
};

/** Whoever adds a table here says why nobody is told of its rows. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  audit_archives: 'signed digests of months of the trail that are in the object store',
  audit_chain: 'digests that bind the rows of the trail to each other; the rows are exported as activity',
  audit_keys: 'keys of the server',
  audit_seals: 'signed digests of the trail',
  backups: 'what was done for the whole server; who asked for one, and how, is exported as activity',
  conversation_search: 'the words of conversations once more, so that they are found',
  idempotency_keys: 'digests and sealed answers of requests, for a day',
  lab_archives: 'which experiments were moved into the store; nobody’s',
  lab_experiments: 'what was predicted of machines, and what came; nobody’s',
  login_attempts: 'a digest of what was typed and from where, until it is forgotten; it names nobody',
  machine_credential_secrets: 'digests of secrets; their token or key is in the export',
  migrations: 'which changes of the schema were made',
  one_time_tokens:
    'digests of secrets and sealed data, at most for days; the mails they went by are exported',
  refresh_tokens: 'digests of secrets; their session is in the export',
  roles: 'what an organisation lets its people do; whose role is whose, the profile tells',
  sandbox_evaluations:
    'the pools of the cloud that a session’s last evaluation looked at; what came of it is among its actions',
  storage_usage: 'how much somebody keeps; their files are in the export',
  job_runs: 'how the jobs of the server fared',
  signing_keys: 'keys of the server',
};

/** Rows that outlive the person and know them by their id alone, on purpose. */
const KEEPS_THE_ID = ['audit_logs', 'file_access_logs'];

let app: TestApp;
let admin: ApiClient;
let person: WholePerson;
beforeAll(async () => {
  app = await TestApp.start({ env: { PUBLIC_URL: 'https://cloud.example.com' } });
  admin = app.as(await app.given.signedIn({ role: 'admin' }));
  person = await givenWholePerson(app);
});
afterAll(() => app.stop());

async function tables(): Promise<string[]> {
  const rows = await app.database.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** Every column that refers to an account. */
const references = () =>
  app.database.query<{ table: string; column: string }>(
    `SELECT c.conrelid::regclass::text AS "table", a.attname AS "column"
     FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
     WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass ORDER BY 1, 2`,
  );

/** The rows of a table that a pattern matches, in whatever column, also as bytes. */
const rowsLike = (table: string, words: readonly string[]) =>
  app.database.query(`SELECT row::text FROM "${table}" AS row WHERE row::text ~* $1`, [
    words.flatMap((word) => [word, Buffer.from(word).toString('hex')]).join('|'),
  ]);

const exported = async () => (await app.as(person).get(`/users/${person.id}/export`)).body.data;

describe('the export', () => {
  it('is decided on for every table there is', async () => {
    expect(await tables()).toEqual([...Object.keys(EXPORTED), ...Object.keys(LEFT_OUT)].sort());
  });

  it('has something of each table that refers to accounts', async () => {
    const all = await references();
    expect(all.length).toBeGreaterThan(8);
    for (const { table, column } of all) {
      expect(Object.keys({ ...EXPORTED, ...LEFT_OUT })).toContain(table);
      const own = await app.database.query(`SELECT FROM "${table}" WHERE "${column}" = $1`, [person.id]);
      // Else nothing below would be tried on it: see to it in test/support/whole-person.ts.
      expect([table, column, own.length > 0]).toEqual([table, column, true]);
    }
    const data = await exported();
    expect(Object.keys(data).sort()).toEqual([...new Set(Object.values(EXPORTED))].sort());
    for (const [table, member] of Object.entries(EXPORTED)) {
      const { length } = await rowsLike(table, [person.id, person.email, person.sandboxSession]);
      expect([table, length > 0]).toEqual([table, true]);
      expect([member, JSON.stringify(data[member]).length > 2]).toEqual([member, true]);
    }
  });

  it('tells how somebody signs in, and where they belong', async () => {
    const { identities, second_factors: factors, organization, invitations } = await exported();
    expect(identities).toEqual([
      {
        id: expect.any(String),
        provider: 'google',
        subject: `subject-${person.id}`,
        email: `Elsewhere.${person.email}`,
        linked_at: expect.any(String),
        last_used_at: expect.any(String),
      },
    ]);
    const times = { created_at: expect.any(String), last_used_at: null };
    expect(factors).toHaveLength(12);
    expect(factors).toContainEqual({
      kind: 'totp',
      name: null,
      ...times,
      last_used_at: expect.stringContaining('T'),
    });
    expect(factors).toContainEqual({ kind: 'passkey', name: `${person.fullName}’s key`, ...times });
    expect(factors).toContainEqual({ kind: 'recovery_code', name: null, ...times });
    expect(organization).toMatchObject({ id: person.organizationId, is_owner: true });
    expect(invitations).toEqual([
      expect.objectContaining({ email: expect.stringContaining('friend'), is_own: true }),
      expect.objectContaining({ email: person.email, is_own: false }),
    ]);
  });

  it('holds no secret, nor what secrets are known by', async () => {
    const text = JSON.stringify(await exported());
    const digests = await app.database.query<{ hex: string }>(
      `SELECT encode(digest, 'hex') AS hex FROM recovery_codes WHERE user_id = $1
       UNION ALL SELECT encode(sealed_secret, 'hex') FROM totp_factors WHERE user_id = $1
       UNION ALL SELECT encode(public_key, 'hex') FROM passkeys WHERE user_id = $1`,
      [person.id],
    );
    expect(digests).toHaveLength(12);
    for (const secret of [...person.secrets, ...digests.map(({ hex }) => hex)])
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
  });
});

describe('erasure', () => {
  it('leaves nothing of the person in any table but their id in the trail', async () => {
    // The address begins with the username.
    const words = [person.username, person.fullName];
    const before = [];
    for (const table of await tables()) if ((await rowsLike(table, words)).length > 0) before.push(table);
    expect(before.length).toBeGreaterThan(8);

    expect((await admin.delete(`/users/${person.id}`)).status).toBe(204);
    for (const table of await tables()) {
      expect([table, await rowsLike(table, words)]).toEqual([table, []]);
      const byId = await rowsLike(table, [person.id]);
      expect([table, byId.length > 0]).toEqual([table, KEEPS_THE_ID.includes(table)]);
    }
    const trail = await app.database.query(
      'SELECT action FROM audit_logs WHERE resource = $1 ORDER BY id DESC LIMIT 1',
      [`user:${person.id}`],
    );
    expect(trail).toEqual([{ action: 'user.erase' }]);
  });
});
