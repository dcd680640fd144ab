import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from '../../../common/errors/usage-error.js';
import { beginsWithDay } from '../../../common/time/calendar.js';
import type { Env } from '../../../config/settings.js';
import { parseStoreLocation, type StoreLocation } from '../../../config/storage.js';
import { bytesOf } from '../backup-manifests.js';
import type { RestoreRequest } from './restore-plan.js';
import type { Shelved } from './shelf.js';

export const BACKUP_USAGE = `backup:list [--store <store>]
                   the backups in a store, newest first, read from it alone
  backup:verify <id> [--from <store>]
                   bring a backup back beside the database, compare, and remove it again
  backup:restore <id> --to <url> [--at <time>] [--from <store>] [--dry-run] [--force]
                   fill a database with a backup: --to an empty one, or DATABASE_URL
                   for that of the settings; --at goes to a moment (2026-11-21T02:00:00Z)
                   where the backup knows the way; --dry-run only says what would happen;
                   --force replaces what the database holds. All need ENCRYPTION_KEY and
                   no running server; stores are written as for storage:copy
`;

/** Where not given, the store of the settings. */
export interface BackupCommand {
  readonly location: StoreLocation | null;
}

export type VerifyCommand = BackupCommand & Pick<RestoreRequest, 'id'>;

/** @property to null for the database of the settings. */
export type RestoreCommand = BackupCommand & RestoreRequest & { readonly to: string | null };

/** `--to` for the database of the settings, so that no password is on a command line. */
const OF_THE_SETTINGS = 'DATABASE_URL';

/** @throws UsageError. */
export function parseList(args: readonly string[], env: Env): BackupCommand {
  const { values, positionals } = read(args, { store: { type: 'string' } });
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is too much`);
  return { location: locationIn('--store', values.store, env) };
}

/** @throws UsageError. */
export function parseVerify(args: readonly string[], env: Env): VerifyCommand {
  const { values, positionals } = read(args, { from: { type: 'string' } });
  return { id: idIn(positionals), location: locationIn('--from', values.from, env) };
}

/** @throws UsageError. */
export function parseRestore(args: readonly string[], env: Env): RestoreCommand {
  const { values, positionals } = read(args, {
    to: { type: 'string' },
    at: { type: 'string' },
    from: { type: 'string' },
    'dry-run': { type: 'boolean' },
    force: { type: 'boolean' },
  });
  return {
    id: idIn(positionals),
    to: urlIn(values.to),
    at: timeIn(values.at),
    location: locationIn('--from', values.from, env),
    dryRun: values['dry-run'] === true,
    force: values.force === true,
  };
}

/** One line a backup. */
export function listing(shelved: readonly Shelved[]): string {
  const head = ['ID', 'MADE', 'KIND', 'ENGINE', 'MB', 'ROWS', 'FILES', 'SCHEMA'];
  const rows = shelved.map(({ id, manifest, fault }) => {
    if (manifest === null) return [id, `can not be read: ${fault ?? ''}`];
    const { started_at, kind, engine, tables, inventory, schema_version } = manifest;
    const count = tables === null ? '?' : Object.values(tables).reduce((sum, each) => sum + each, 0);
    const megabytes = (bytesOf(manifest) / 1e6).toFixed(1);
    return [id, started_at, kind, engine, megabytes, `${count}`, `${inventory.objects}`, schema_version];
  });
  const widths = head.map((name, at) =>
    Math.max(name.length, ...rows.filter((row) => row.length > 2).map((row) => row[at]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function read(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values: values as Partial<Record<string, string | boolean>>, positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function idIn(positionals: readonly string[]): string {
  const [id, ...more] = positionals;
  if (id === undefined) throw new UsageError('the id of a backup is missing: backup:list shows them');
  if (more.length > 0) throw new UsageError(`${more.join(' ')} is too much`);
  return id;
}

function locationIn(flag: string, text: string | boolean | undefined, env: Env): StoreLocation | null {
  if (typeof text !== 'string') return null;
  try {
    const location = parseStoreLocation(text, env);
    if (location.backend === 'memory') throw new Error('can not be memory: it is empty');
    return location;
  } catch (error) {
    throw new UsageError(`${flag} ${(error as Error).message}`);
  }
}

function urlIn(text: string | boolean | undefined): string | null {
  if (typeof text !== 'string') throw new UsageError('--to is missing');
  if (text === OF_THE_SETTINGS) return null;
  if (!/^postgres(ql)?:\/\/./.test(text) || !URL.canParse(text) || new URL(text).pathname.length < 2)
    throw new UsageError(
      '--to must be postgres://user:password@host/database, or DATABASE_URL for that of the settings',
    );
  return text;
}

function timeIn(text: string | boolean | undefined): Date | null {
  if (typeof text !== 'string') return null;
  // Without a zone it would be that of whichever machine is left.
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? new Date(text)
    : null;
  if (at === null || Number.isNaN(at.getTime()) || !beginsWithDay(text))
    throw new UsageError('--at must be a time with its zone, such as 2026-11-21T02:00:00Z');
  return at;
}
