import type { BackupEngine } from '../backup-engine.port.js';
import type { BackupEngines } from '../backup-engines.js';
import type { BackupManifest } from '../backup-manifest.js';
import type { PostgresTools } from '../tools/postgres-tools.js';
import type { Tool } from '../tools/tool.js';
import { RestoreRefused } from './restore-refused.js';
import type { TargetState } from './restore-target.repository.js';
import type { Shelf } from './shelf.js';

/** What is asked for. */
export interface RestoreRequest {
  /** The backup's id, or its beginning. */
  readonly id: string;
  readonly at: Date | null;
  readonly dryRun: boolean;
  /** Replaces what the target holds. */
  readonly force: boolean;
}

const MOST_NAMED = 5;

/** The engine that made it. @throws RestoreRefused where it can not go back to `at`. */
export async function engineFor(
  manifest: BackupManifest,
  at: Date | null,
  engines: BackupEngines,
  shelf: Shelf,
): Promise<BackupEngine> {
  const engine = engines.named(manifest.engine);
  if (engine === null)
    throw new RestoreRefused(
      `Backup ${manifest.id} was made by ${manifest.engine}, which this version does not know: restore it with Cloudkeep ${manifest.cloudkeep_version}.`,
    );
  if (at !== null && manifest.engine === 'pg_dump') {
    const nearest = await shelf.newestBefore(at);
    throw new RestoreRefused(
      `Backup ${manifest.id} was made by pg_dump and goes back to ${manifest.started_at} only, not to ${at.toISOString()}.` +
        (nearest === null
          ? ' No backup is as old as that.'
          : ` The newest from before is ${nearest.id}, of ${nearest.started_at}${nearest.engine === 'pg_dump' ? '' : `, by ${nearest.engine}, which can go on from there`}.`),
    );
  }
  return engine;
}

/** @param known names of the migrations that this version has. */
export function mustKnowSchema(
  { schema_version, cloudkeep_version }: BackupManifest,
  known: readonly string[],
): void {
  if (known.includes(schema_version)) return;
  throw new RestoreRefused(
    `The backup's schema ${schema_version} is not one of this version's: restore it with Cloudkeep ${cloudkeep_version}, which made it, or a newer one.`,
  );
}

/** @throws RestoreRefused where the target is nothing to restore into. */
export function mustTake(manifest: BackupManifest, state: TargetState, force: boolean): void {
  const { major, version, encoding, isReplica, mayCreate, tables, elsewhere, users } = state;
  const needed = Number.parseInt(manifest.server_version, 10);
  if (major < needed)
    throw new RestoreRefused(
      `The target is PostgreSQL ${version} and the backup came from ${manifest.server_version}: ${needed} or newer is needed.`,
    );
  if (isReplica)
    throw new RestoreRefused('The target is a replica, which takes no writes: name its primary.');
  if (encoding !== 'UTF8')
    throw new RestoreRefused(
      `The target is encoded in ${encoding}: make it with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.`,
    );
  if (!mayCreate)
    throw new RestoreRefused(
      'The target lets this role create no tables: name the role that owns the database.',
    );
  const [aside] = elsewhere.filter((name) => name.startsWith('before_restore_'));
  if (aside !== undefined) {
    const [schema = ''] = aside.split('.');
    throw new RestoreRefused(
      `A restore was cut off here, and what was there before is in the schema ${schema}. Keep it with` +
        ` «DROP SCHEMA public CASCADE; ALTER SCHEMA ${schema} RENAME TO public», or drop it with «DROP SCHEMA ${schema} CASCADE».`,
    );
  }
  if (elsewhere.length > 0)
    throw new RestoreRefused(
      `The target holds tables of others (${some(elsewhere)}): give Cloudkeep a database of its own.`,
    );
  if (tables.length === 0) return;
  if (!force)
    throw new RestoreRefused(
      `The target is not empty (${some(tables)}): name an empty database, or replace what it holds with --force.`,
    );
  if (users.length > 0)
    throw new RestoreRefused(`The target is in use by ${some(users)}: stop that before it is replaced.`);
}

/** One that reads the backup and that the target understands. @throws ToolMissing; RestoreRefused. */
export async function restoreTool(
  dumpMajor: number,
  target: TargetState,
  tools: PostgresTools,
): Promise<Tool> {
  const tool = await tools.find('pg_restore', { least: dumpMajor });
  if (tool.major <= target.major) return tool;
  throw new RestoreRefused(
    `pg_restore ${tool.version} in ${tool.path} is newer than the target, PostgreSQL ${target.version}, which may not understand it:` +
      ` apt-get install postgresql-client-${target.major}, or set PG_BIN_DIR.`,
  );
}

export function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
