import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from './env.js';

const NAMES = ['secretKey', 'jwtSecretKey', 'encryptionKey'] as const;
type Secrets = Record<(typeof NAMES)[number], string>;
type Given = Record<(typeof NAMES)[number], string | undefined>;

/**
 * The given secrets, completed from `<dataDir>/secrets.json`: made on first use
 * and readable by their owner only, so that sessions outlive a restart on a
 * machine nobody has configured.
 *
 * @throws ConfigurationError when the file can neither be read nor written.
 */
export function localSecrets(dataDir: string, given: Given): Secrets {
  if (NAMES.every((name) => given[name] !== undefined)) return given as Secrets;
  const kept = readOrMake(dataDir);
  return Object.fromEntries(NAMES.map((name) => [name, given[name] ?? kept[name]])) as Secrets;
}

function readOrMake(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dataDir, { recursive: true });
    if (!existsSync(file)) {
      const made = Object.fromEntries(NAMES.map((name) => [name, randomBytes(48).toString('base64url')]));
      writeFileSync(draft, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
      // A link fails when the file is there: of several processes that start together one wins, whole.
      linkSync(draft, file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(dataDir, error);
  } finally {
    rmSync(draft, { force: true });
  }
  return read(file);
}

function read(file: string): Secrets {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
    if (NAMES.every((name) => (kept[name]?.length ?? 0) >= 32)) return kept as Secrets;
  } catch (error) {
    throw unusable(file, error);
  }
  throw new ConfigurationError([`${file} is damaged: restore it, or delete it to sign everybody out`]);
}

function unusable(path: string, cause: unknown): ConfigurationError {
  return new ConfigurationError([`DATA_DIR is not usable: ${path}: ${(cause as Error).message}`]);
}
