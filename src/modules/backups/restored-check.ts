import { Injectable } from '@nestjs/common';
import type { BackupManifest } from './backup-manifest.js';
import { readRestored, type RestoredState } from './restored-database.repository.js';
import { connectionEnvironment } from './tools/connection-environment.js';
import { PostgresTools } from './tools/postgres-tools.js';
import { runTool } from './tools/run-tool.js';
import { TrailCheck } from './trail-check.js';

export interface RestoredFindings {
  /** Each part of a sentence. */
  readonly facts: readonly string[];
  /** Each a sentence; none where the database is what the manifest says. */
  readonly faults: readonly string[];
}

/** Of pg_amcheck, for damage that it found. */
const FOUND_DAMAGE = 2;
const MOST_NAMED = 3;

/** Whether a database that was brought back is the one that a manifest tells of. */
@Injectable()
export class RestoredCheck {
  constructor(
    private readonly tools: PostgresTools,
    private readonly trails: TrailCheck,
  ) {}

  /** @param url as a role that sees every organisation. */
  async check(manifest: BackupManifest, url: string, signal: AbortSignal): Promise<RestoredFindings> {
    const state = await readRestored(url);
    const tables = compareTables(manifest.tables, state.tables);
    const schema =
      state.schemaVersion === manifest.schema_version
        ? []
        : [
            `Its schema is at ${state.schemaVersion ?? 'nothing'} and the manifest says ${manifest.schema_version}.`,
          ];
    const constraints = state.unvalidated.map((name) => `Nobody has checked the constraint ${name}.`);
    const damage = await this.lookForDamage(state, url, signal);
    // Of a database without our tables there is nothing more to ask.
    const trail = schema.length > 0 ? null : await this.trails.check(url, signal);
    const rows = Object.values(state.tables).reduce((sum, count) => sum + count, 0);
    return {
      facts: [
        `${rows} rows in ${Object.keys(state.tables).length} tables${manifest.tables === null ? '' : ' as counted when it was made'}`,
        `${state.constraints} constraints hold`,
        ...damage.facts,
        ...(trail === null
          ? []
          : [`the audit trails of ${trail.organizations} organisations hold with ${trail.links} links`]),
      ],
      faults: [
        ...schema,
        ...tables.slice(0, MOST_NAMED),
        ...constraints.slice(0, MOST_NAMED),
        ...damage.faults,
        ...(trail === null || trail.fault === null ? [] : [trail.fault]),
      ],
    };
  }

  /** With pg_amcheck, where both it and what it needs of the server are there. */
  private async lookForDamage(
    { hasAmcheck }: RestoredState,
    url: string,
    signal: AbortSignal,
  ): Promise<RestoredFindings> {
    const missing = hasAmcheck ? await this.tools.lacks(['pg_amcheck']) : 'the extension amcheck';
    if (missing !== null) return { facts: [], faults: [] };
    const { path } = await this.tools.find('pg_amcheck');
    const env = connectionEnvironment(url);
    const args = ['--install-missing', '--no-password', `--database=${env.PGDATABASE ?? ''}`];
    const { code, stdout, stderr } = await runTool(path, args, { env, signal });
    if (code === 0) return { facts: ['pg_amcheck finds no damage'], faults: [] };
    if (code !== FOUND_DAMAGE)
      return { facts: [`pg_amcheck could not look: ${firstLine(stderr)}`], faults: [] };
    return { facts: [], faults: [`pg_amcheck finds damage: ${firstLine(stdout)}.`] };
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** Each difference a sentence. */
export function compareTables(wanted: BackupManifest['tables'], found: RestoredState['tables']): string[] {
  if (wanted === null) return [];
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort();
  return names
    .filter((name) => wanted[name] !== found[name])
    .map((name) => `${name} has ${told(found[name])} and the manifest says ${told(wanted[name])}.`);
}

function told(count: number | undefined): string {
  return count === undefined ? 'no table' : `${count} rows`;
}
