// @ts-check
import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** Things made one a second until now, each after the one before. */
export const each = (
  /** @type {number} */ rows,
) => `generate_series(${rows}, 1, -1) AS n, LATERAL uuidv7(make_interval(secs => -n)) AS id,
  LATERAL uuid_extract_timestamp(id) AS made`;

/** Where people are put; made by the application at its first start. */
export const ORGANIZATION_ID = '01900000-0000-7000-8000-000000000001';

/** A folder and a PostgreSQL of a benchmark's own, with default settings: what is committed is on disk. */
export class Database {
  /**
   * @param {string} folder
   * @param {{ url: string, adminUrl: string, stop(): Promise<void> }} server
   */
  constructor(folder, server) {
    this.folder = folder;
    this.server = server;
    this.pool = new pg.Pool({ connectionString: this.systemUrl, max: 1 });
  }

  static async start() {
    const { startEmbeddedPostgres } = await import('../../dist/src/database/embedded-postgres.js');
    const folder = makeFolder();
    const dataDir = join(folder, 'postgres');
    const server = await startEmbeddedPostgres({ dataDir });
    return new Database(folder, server);
  }

  get url() {
    return this.server.url;
  }

  /** For whom row-level security shows every organisation: seeds, and stacks that know nothing of it. */
  get systemUrl() {
    const url = new URL(this.server.url);
    url.searchParams.set('options', '-c cloudkeep.organization=*');
    return url.href;
  }

  /**
   * @param {number} count
   * @param {string | null} passwordHash everybody's
   * @param {string} [role] everybody's
   * @returns {Promise<{ id: string, email: string }[]>}
   */
  async insertUsers(count, passwordHash, role = 'user') {
    const users = Array.from({ length: count }, () => {
      const id = randomUUID();
      return { id, email: `${id}@example.com` };
    });
    await this.pool.query(
      `INSERT INTO users (id, organization_id, email, username, full_name, password_hash, role)
       SELECT id, $2, id || '@example.com', id::text, 'Ada Lovelace', $3, $4 FROM unnest($1::uuid[]) AS id`,
      [users.map(({ id }) => id), ORGANIZATION_ID, passwordHash, role],
    );
    await this.pool.query('VACUUM ANALYZE users');
    return users;
  }

  /**
   * @param {readonly { id: string }[]} users
   * @param {number} each
   * @returns {Promise<{ id: string, userId: string }[]>} live sessions, those of one user side by side.
   */
  async insertSessions(users, each) {
    const sessions = users.flatMap(({ id: userId }) =>
      Array.from({ length: each }, () => ({ id: randomUUID(), userId })),
    );
    await this.pool.query(
      `INSERT INTO sessions (id, organization_id, user_id, kind, ip, user_agent, last_seen_at, expires_at, authenticated_at, amr)
       SELECT id, $3, user_id, 'token', '127.0.0.1', 'bench', now(), now() + interval '7 days', now(), '{password}'
       FROM unnest($1::uuid[], $2::uuid[]) AS given (id, user_id)`,
      [sessions.map(({ id }) => id), sessions.map(({ userId }) => userId), ORGANIZATION_ID],
    );
    await this.pool.query('VACUUM ANALYZE sessions');
    return sessions;
  }

  /**
   * @param {string} userId
   * @param {number} rows
   * @param {string} [table] one like `audit_logs`
   */
  async insertAuditRows(userId, rows, table = 'audit_logs') {
    await this.pool.query(
      `INSERT INTO ${table} (id, created_at, organization_id, user_id, action, resource, details, ip, user_agent, request_id)
       SELECT id, made, $1, $2, 'file.uploaded', 'file:' || id, jsonb_build_object('size', n), '127.0.0.1', 'bench', id::text
       FROM ${each(rows)}`,
      [ORGANIZATION_ID, userId],
    );
  }

  /**
   * @param {string} userId
   * @param {'pat' | 'api_key'} kind
   * @returns {Promise<string>} the secret of a credential that may read its owner's profile.
   */
  async insertCredential(userId, kind) {
    const { newSecret } = await import('../../dist/src/modules/api-keys/credential-secret.js');
    const secret = newSecret(kind);
    await this.pool.query(
      `WITH made AS (
         INSERT INTO machine_credentials (id, organization_id, kind, user_id, name, scopes)
         VALUES (gen_random_uuid(), $1, $2, $3, 'bench', '{profile:read,files:read}') RETURNING id
       )
       INSERT INTO machine_credential_secrets (id, organization_id, credential_id, digest, masked)
       SELECT gen_random_uuid(), $1, id, sha256($4), 'masked' FROM made`,
      [ORGANIZATION_ID, kind, userId, Buffer.from(secret)],
    );
    return secret;
  }

  async stop() {
    await this.pool.end();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @returns {string} a new folder that PostgreSQL's own user can reach into. */
export function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-bench-'));
  chmodSync(folder, 0o755);
  // A benchmark that was cut short leaves no server behind; one that stopped it has no such file.
  process.once('exit', () => killPostgres(join(folder, 'postgres', 'postmaster.pid')));
  return folder;
}

/** @param {string} pidFile */
function killPostgres(pidFile) {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGINT');
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
  }
}
