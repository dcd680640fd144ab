import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildConfig, type Config } from './config/config.js';
import { readEnv } from './config/env.js';
import type { Settings, StorageBackend } from './config/settings.js';
import type { FirstAdmin } from './modules/auth/first-admin.js';

/**
 * The configuration of this process.
 *
 * @param settings where they have been read already: they are read once.
 * @throws ConfigurationError listing every fault.
 */
export function readConfig(settings: Settings = readEnv()): Config {
  return buildConfig(settings, packageVersion());
}

/** What whoever started the server needs next, and nothing more. */
export function printBanner(
  url: string,
  { app, database, redis, http, storage }: Config,
  admin: FirstAdmin | null,
): void {
  const lines = [
    `Cloudkeep ${app.version} (${app.environment})`,
    `  URL    ${url}`,
    `  Web    ${url}/console`,
    `  Docs   ${url}/docs`,
    `  Data   ${app.dataDir}${database.url === null ? ' (embedded PostgreSQL)' : ''}`,
    ...adminLines(admin),
    ...(http.production ? storageLines(storage.location.backend) : []),
    ...(http.production && redis.address === null ? [ALONE] : []),
  ];
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}

const ALONE = '  Note   rate limits are counted by this process alone; set REDIS_URL to run several replicas';

function storageLines(backend: StorageBackend): string[] {
  if (backend === 'memory') return ['  Note   files are kept in memory and are gone with this process'];
  return backend === 'local'
    ? ['  Note   files are kept on this machine; use an object store to run several replicas']
    : [];
}

function adminLines(admin: FirstAdmin | null): string[] {
  if (admin === null) return [];
  if (admin.generatedPassword === null)
    return [`  Admin  ${admin.email} (password as given by ADMIN_PASSWORD)`];
  return [`  Admin  ${admin.email}`, `         password ${admin.generatedPassword} (shown this once)`];
}

/** Faults a person can mend are told in their own words; any other is a defect, told whole. */
const TOLD_IN_WORDS: ReadonlySet<string> = new Set([
  'ConfigurationError',
  'StartupError',
  'EmbeddedPostgresError',
]);

/** @param what did not work, as a sentence or the name of a command. */
export function reportFailure(error: unknown, what = 'Cloudkeep can not start.'): void {
  const isKnown = error instanceof Error && TOLD_IN_WORDS.has(error.name);
  const why = isKnown ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`${what} ${why}\n`);
  process.exitCode = 1;
}

/**
 * Gives back what loading the modules has left: on Node 24 a young generation of
 * 128 MiB, which V8 keeps while nothing happens. It grows again under load.
 */
export function giveMemoryBack(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (how: { type: 'major'; flavor: 'last-resort' }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}

function packageVersion(): string {
  const description = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(description) as { version: string }).version;
}
