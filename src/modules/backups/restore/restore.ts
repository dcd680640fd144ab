import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ObjectStore } from '../../storage/object-store.port.js';
import type { BackupEngines } from '../backup-engines.js';
import type { BackupEngine } from '../backup-engine.port.js';
import type { BackupManifest } from '../backup-manifest.js';
import { readPart } from '../backup-parts.js';
import { dumpOf, restoreDump, UNCOMPRESSED } from '../engines/dump-format.js';
import { dumpPart } from '../engines/pg-dump.engine.js';
import { inventoryLines } from '../inventory-lines.js';
import { compareTables } from '../restored-check.js';
import type { PostgresTools } from '../tools/postgres-tools.js';
import type { Tool } from '../tools/tool.js';
import { listMissing } from './missing-objects.js';
import { engineFor, mustKnowSchema, mustTake, restoreTool, type RestoreRequest } from './restore-plan.js';
import type { BytesDisplay } from './restore-progress.js';
import { RestoreRefused } from './restore-refused.js';
import { RestoreTargetRepository } from './restore-target.repository.js';
import { wordsOf, type Shelf } from './shelf.js';

export interface RestoreSurroundings {
  readonly shelf: Shelf;
  readonly engines: BackupEngines;
  readonly tools: PostgresTools;
  /** The files' store. @throws where it can not be reached. */
  readonly files: () => Promise<ObjectStore>;
  readonly dataDir: string;
  /** Names of the migrations of this version, oldest first. */
  readonly migrations: readonly string[];
  readonly say: (line: string) => void;
  readonly display: (what: string, total: number | null) => BytesDisplay;
}

/** What is to be done, after everything was looked at that can be looked at. */
interface Plan {
  readonly manifest: BackupManifest;
  readonly engine: BackupEngine;
  readonly tool: Tool;
  /** Reads the scratch server; null where the dump is there already. */
  readonly dumper: Tool | null;
  readonly replaces: number;
}

/** Restores a backup into a database that need not know anything of us. */
export class Restore {
  constructor(private readonly around: RestoreSurroundings) {}

  /**
   * @returns whether all that the manifest promises is there.
   * @throws RestoreRefused, AppError `backup_damaged` and others before the target was touched; afterwards
   *   whatever went wrong, with the target as it was.
   */
  async run(request: RestoreRequest, url: string, signal: AbortSignal): Promise<boolean> {
    const target = await connect(url);
    try {
      const plan = await this.plan(request, target, signal);
      this.tellPlan(plan, request);
      if (request.dryRun) return true;
      await this.fill(target, plan, request, signal);
      const isWhole = await this.compare(target, plan, request);
      await this.compareFiles(plan.manifest, signal);
      this.tellNext(plan.manifest);
      return isWhole;
    } finally {
      await target.close();
    }
  }

  private async plan(
    { id, at, force, dryRun }: RestoreRequest,
    target: RestoreTargetRepository,
    signal: AbortSignal,
  ): Promise<Plan> {
    const { shelf, engines, tools, migrations } = this.around;
    const manifest = await shelf.find(id);
    mustKnowSchema(manifest, migrations);
    const engine = await engineFor(manifest, at, engines, shelf);
    const state = await target.state();
    mustTake(manifest, state, force);
    const isDump = manifest.engine === 'pg_dump';
    const least = Number.parseInt(isDump ? manifest.tool_version : manifest.server_version, 10);
    const dumper = isDump ? null : await tools.find('pg_dump', { least });
    const tool = await restoreTool(dumper?.major ?? least, state, tools);
    const plan = { manifest, engine, tool, dumper, replaces: state.tables.length };
    // What is brought back first is looked at on the way, before the target is touched.
    if (isDump || dryRun) await this.examine(plan, at, signal);
    return plan;
  }

  private async examine({ manifest, engine, dumper }: Plan, at: Date | null, signal: AbortSignal) {
    const { shelf, display } = this.around;
    const shown = display('Checking', dumper === null ? dumpPart(manifest).bytes : null);
    const options = { at, onProgress: shown.show, signal };
    await engine.examine(manifest, shelf.corner(manifest.id), options).finally(shown.end);
  }

  private async fill(
    target: RestoreTargetRepository,
    plan: Plan,
    { at }: RestoreRequest,
    signal: AbortSignal,
  ): Promise<void> {
    const source = await this.source(plan, at, signal);
    try {
      const aside = plan.replaces > 0 ? await target.setAside() : null;
      try {
        await restoreDump(source.dump(), target.url, plan.tool, signal);
      } catch (error) {
        if (aside !== null) await target.putBack(aside);
        throw error;
      }
      if (aside !== null) await target.discard(aside);
    } finally {
      await source.close();
    }
  }

  /** What to fill the target with: the dump that is there, or one of a server that is brought back first. */
  private async source({ manifest, engine, dumper }: Plan, at: Date | null, signal: AbortSignal) {
    const { shelf, display } = this.around;
    const corner = shelf.corner(manifest.id);
    if (dumper === null) {
      const part = dumpPart(manifest);
      const shown = display('Restoring', part.bytes);
      const dump = (): Readable => readPart(corner, part, { onProgress: shown.show, signal });
      const close = (): Promise<void> => {
        shown.end();
        return Promise.resolve();
      };
      return { dump, close };
    }
    const shown = display('Bringing back', null);
    const options = { at, onProgress: shown.show, signal };
    const server = await engine.bringBack(manifest, corner, options).finally(shown.end);
    const how = { snapshot: null, compression: UNCOMPRESSED, signal };
    return { dump: () => dumpOf(server.url, dumper, how), close: () => server.close() };
  }

  private async compare(
    target: RestoreTargetRepository,
    { manifest }: Plan,
    { at }: RestoreRequest,
  ): Promise<boolean> {
    const found = await target.settle();
    const rows = Object.values(found).reduce((sum, count) => sum + count, 0);
    // Of another moment nobody counted.
    const wanted = at === null ? manifest.tables : null;
    const differences = compareTables(wanted, found);
    this.around.say(`Restored ${rows} rows in ${Object.keys(found).length} tables.`);
    for (const difference of differences) this.around.say(difference);
    if (differences.length === 0 && wanted !== null)
      this.around.say('Every table has as many rows as when the backup was made.');
    return differences.length === 0;
  }

  /** What the rows name and the files' store may have lost. A restore without its files is one all the same. */
  private async compareFiles({ id, inventory }: BackupManifest, signal: AbortSignal): Promise<void> {
    const { shelf, dataDir, say } = this.around;
    const listFile = join(dataDir, `missing-files-${id}.ndjson`);
    try {
      const lines = inventoryLines(shelf.corner(id), inventory, signal);
      const { checked, missing } = await listMissing(await this.around.files(), lines, listFile);
      say(
        missing === 0
          ? `All ${checked} objects of the inventory are in the files' store.`
          : `${missing} of ${checked} objects of the inventory are not in the files' store: ${listFile} lists them.`,
      );
    } catch (error) {
      say(`The files' store could not be compared with the inventory: ${wordsOf(error)}`);
    }
  }

  private tellPlan({ manifest, replaces, dumper }: Plan, { at, dryRun }: RestoreRequest): void {
    const { say } = this.around;
    const { id, started_at, engine, cloudkeep_version, tables } = manifest;
    const rows = tables === null ? '' : `, ${Object.keys(tables).length} tables`;
    say(`Backup ${id} of ${started_at}, by ${engine} under Cloudkeep ${cloudkeep_version}${rows}.`);
    if (!dryRun) return;
    if (replaces > 0) say(`It would replace ${replaces} tables, views and functions of the target.`);
    say(
      'Every byte of it is what it was; it would be ' +
        (dumper === null
          ? 'restored as it is.'
          : `brought back beside this${at === null ? '' : ` as of ${at.toISOString()}`}, and copied from there.`),
    );
    say('Nothing was changed.');
  }

  private tellNext({ schema_version }: BackupManifest): void {
    const { migrations, say } = this.around;
    const pending = migrations.length - 1 - migrations.indexOf(schema_version);
    if (pending > 0)
      say(
        `The schema is at ${schema_version}; ${pending} newer migrations run at the next start, or with: npm run cli -- migrate`,
      );
    say('Start Cloudkeep with DATABASE_URL naming this database and ENCRYPTION_KEY as it was: npm start');
  }
}

async function connect(url: string): Promise<RestoreTargetRepository> {
  try {
    return await RestoreTargetRepository.connect(url);
  } catch (error) {
    const { host, pathname } = new URL(url);
    throw new RestoreRefused(`The target ${host}${pathname} can not be reached: ${(error as Error).message}`);
  }
}
