import type { Client } from 'pg';

/** Role and database of the application; the role owns the database and nothing else. */
export const APPLICATION = 'cloudkeep';

/**
 * Makes the application's role and database when they are not there: one query
 * when they are. The role can neither bypass row-level security nor leave its
 * database, and nobody but the role and the superuser gets into it.
 *
 * @param renew sets the password of a role that exists as well
 */
export async function ensureApplicationDatabase(
  admin: Client,
  password: string,
  renew: boolean,
): Promise<void> {
  const { rows } = await admin.query<{ role: boolean; database: boolean; closed: boolean | null }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
            EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database,
            (SELECT datacl IS NOT NULL FROM pg_database WHERE datname = $1) AS closed`,
    [APPLICATION],
  );
  const found = rows[0];
  // Passwords are base64url: nothing in them needs quoting, and utility statements take no parameters.
  if (!found?.role) {
    await admin.query(
      `CREATE ROLE ${APPLICATION} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '${password}'`,
    );
  } else if (renew) {
    await admin.query(`ALTER ROLE ${APPLICATION} PASSWORD '${password}'`);
  }
  if (!found?.database) await admin.query(`CREATE DATABASE ${APPLICATION} OWNER ${APPLICATION}`);
  if (!found?.closed) {
    await admin.query('REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC');
    await admin.query(`REVOKE ALL ON DATABASE ${APPLICATION} FROM PUBLIC`);
  }
}

/** URL of the application's database as the application's role. */
export function applicationUrl(port: number, password: string): string {
  return `postgres://${APPLICATION}:${password}@127.0.0.1:${port}/${APPLICATION}`;
}
