import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { EmbeddedPostgresError, errorCode, onPath } from './errors.js';

/** Passwords of the two roles, URL-safe. The server listens on loopback, which every local user can reach. */
export interface Credentials {
  /** role `postgres`, superuser */
  readonly superuser: string;
  /** role `cloudkeep`, the application */
  readonly application: string;
}

/** `data/postgres` has `data/postgres.json`: outside the folder, for that one belongs to the server's user. */
export function credentialsFile(dataDir: string): string {
  return `${dataDir}.json`;
}

/**
 * The kept passwords, undefined when there is no file.
 *
 * @throws EmbeddedPostgresError when the file cannot be read or is damaged.
 */
export async function readCredentials(dataDir: string): Promise<Credentials | undefined> {
  const file = credentialsFile(dataDir);
  const text = await onPath(file, () => readFile(file, 'utf8').catch(absent));
  if (text === undefined) return undefined;
  const kept = parse(text);
  if (kept?.superuser && kept.application)
    return { superuser: kept.superuser, application: kept.application };
  throw new EmbeddedPostgresError(`${file} is damaged: delete it, and the next start sets new passwords.`);
}

/** New random passwords, not yet kept anywhere. */
export function makeCredentials(): Credentials {
  const password = (): string => randomBytes(24).toString('base64url');
  return { superuser: password(), application: password() };
}

/**
 * Keeps the passwords, whole or not at all, readable by the invoking user only.
 * Called last, once the server has them: a crash before leaves data without the
 * file, which the next start mends by setting new ones.
 */
export async function keepCredentials(dataDir: string, credentials: Credentials): Promise<void> {
  const file = credentialsFile(dataDir);
  await onPath(file, async () => {
    const draft = await open(`${file}.new`, 'w', 0o600);
    try {
      await draft.chmod(0o600);
      await draft.writeFile(`${JSON.stringify(credentials, null, 2)}\n`);
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(`${file}.new`, file);
  });
}

function absent(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

function parse(text: string): Partial<Credentials> | undefined {
  try {
    return JSON.parse(text) as Partial<Credentials>;
  } catch {
    return undefined;
  }
}
