import { existsSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { readConfig } from './bootstrap.js';
import { CryptoModule } from './common/crypto/crypto.module.js';
import type { TextStream } from './common/terminal/progress.js';
import { SystemClock } from './common/time/clock.js';
import { TimeModule } from './common/time/time.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { readEnv } from './config/env.js';
import type { Settings } from './config/settings.js';
import type { StoreLocation } from './config/storage.js';
import { loadMigrations } from './database/data-source.js';
import { DatabaseUrl } from './database/database-url.js';
import { locateDatabase } from './database/open-database.js';
import { Sql } from './database/sql.js';
import { BACKUP_ENGINE_CLASSES, BACKUP_PROOF, BACKUP_TOOLS } from './modules/backups/backup-engine-list.js';
import type { BackupEngine } from './modules/backups/backup-engine.port.js';
import { BackupEngines } from './modules/backups/backup-engines.js';
import { BackupManifests } from './modules/backups/backup-manifests.js';
import { BACKUPS_PREFIX } from './modules/backups/backup-stores.js';
import { BackupVerification } from './modules/backups/backup-verification.port.js';
import {
  listing,
  parseList,
  parseRestore,
  parseVerify,
  type RestoreCommand,
} from './modules/backups/restore/backup-commands.js';
import { Restore } from './modules/backups/restore/restore.js';
import { showBytes } from './modules/backups/restore/restore-progress.js';
import { RestoreRefused } from './modules/backups/restore/restore-refused.js';
import { Shelf, wordsOf } from './modules/backups/restore/shelf.js';
import { PostgresTools } from './modules/backups/tools/postgres-tools.js';
import { FileDigestsService } from './modules/files/file-digests.service.js';
import { composeStore } from './modules/storage/compose-store.js';
import { ObjectStore } from './modules/storage/object-store.port.js';
import { StoresService } from './modules/storage/stores.service.js';

/** As much of the house as bringing a backup back takes: no database of ours. */
@Module({})
class RestoreModule {}

/** Where settings come from and words go; of a process, unless told. */
export type Terminal = Partial<Pick<NodeJS.Process, 'env'>> & Record<'stdout' | 'stderr', TextStream>;

const OURS: Terminal = { stdout: process.stdout, stderr: process.stderr };

/** Answers whether all is well. */
type Work = (around: Surroundings) => Promise<boolean>;

interface Surroundings {
  readonly config: Config;
  readonly shelf: Shelf;
  readonly terminal: Terminal;
  readonly say: (line: string) => void;
  /** Ctrl-C: what is half done is undone. */
  readonly signal: AbortSignal;
}

/** The commands about backups; they answer the exit code. @throws UsageError. */
export const backupCommands = {
  'backup:list': (args: readonly string[], terminal = OURS) => {
    const settings = readEnv(terminal.env);
    return withShelf(settings, parseList(args, settings).location, terminal, list);
  },
  'backup:verify': (args: readonly string[], terminal = OURS) => {
    const settings = readEnv(terminal.env);
    const { id, location } = parseVerify(args, settings);
    return withShelf(settings, location, terminal, (around) => verify(around, id));
  },
  'backup:restore': (args: readonly string[], terminal = OURS) => {
    const settings = readEnv(terminal.env);
    const command = parseRestore(args, settings);
    return withShelf(settings, command.location, terminal, (around) => restore(around, command));
  },
};

async function withShelf(
  settings: Settings,
  location: StoreLocation | null,
  terminal: Terminal,
  work: Work,
): Promise<number> {
  const config = readConfig(settings);
  const place = location ?? config.backups.location;
  let store: ObjectStore | null = null;
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new RestoreRefused('It was interrupted.'));
  // However often: a second one, as npm passes it on, must not cut the undoing short.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    mustBeThere(place);
    store = await new StoresService(config.secrets).openSealed(place, config.storage.prefix + BACKUPS_PREFIX);
    const shelf = new Shelf(store, new BackupManifests());
    const say = (line: string): void => void terminal.stdout.write(`${line}\n`);
    return (await work({ config, shelf, terminal, say, signal: interrupted.signal })) ? 0 : 1;
  } catch (error) {
    terminal.stderr.write(`${wordsOf(error)}\n`);
    return 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await store?.close();
  }
}

async function list({ shelf, say }: Surroundings): Promise<boolean> {
  const all = await shelf.all();
  say(all.length === 0 ? 'The store has no backups.' : listing(all));
  return true;
}

/** Opening a folder makes it; one that was mistyped must not be taken for an empty one. */
function mustBeThere(location: StoreLocation): void {
  if (location.backend === 'local' && !existsSync(location.path))
    throw new RestoreRefused(`There is no folder ${location.path}: name the store of the backups.`);
}

async function verify({ config, shelf, say, signal }: Surroundings, id: string): Promise<boolean> {
  const manifest = await shelf.find(id);
  const files = await filesOf(config);
  // Without the rows of the original, what is not there counts as deleted since.
  const digests = { known: () => Promise.resolve(new Map()) };
  const proof = [
    ...BACKUP_PROOF,
    { provide: ObjectStore, useValue: files },
    { provide: FileDigestsService, useValue: digests },
  ];
  const context = await contextOf(config, proof);
  try {
    const verification = context.get(BackupVerification);
    const { ok, words } = await verification.verify(manifest, shelf.corner(manifest.id), signal);
    say(`${ok ? 'Good' : 'NOT GOOD'}. ${words}`);
    return ok;
  } finally {
    await context.close();
    await files.close();
  }
}

async function restore(around: Surroundings, { to, ...request }: RestoreCommand): Promise<boolean> {
  const { config, shelf, terminal, say, signal } = around;
  const context = await contextOf(config, []);
  const database = to === null ? await locateDatabase(config) : null;
  const opened: ObjectStore[] = [];
  const files = async (): Promise<ObjectStore> => {
    const store = await filesOf(config);
    opened.push(store);
    return store;
  };
  try {
    const migrations = (await loadMigrations()).map(({ name }) => name);
    const display = (what: string, total: number | null) => showBytes(what, total, terminal.stderr);
    const [engines, tools] = [context.get(BackupEngines), context.get(PostgresTools)];
    const surroundings = {
      shelf,
      engines,
      tools,
      files,
      dataDir: config.app.dataDir,
      migrations,
      say,
      display,
    };
    return await new Restore(surroundings).run(request, to ?? database?.directUrl ?? '', signal);
  } finally {
    await Promise.all([context.close(), database?.close(), ...opened.map((store) => store.close())]);
  }
}

function contextOf(config: Config, more: readonly object[]) {
  const providers = [
    ...BACKUP_TOOLS,
    ...BACKUP_ENGINE_CLASSES,
    {
      provide: BackupEngines,
      inject: [...BACKUP_ENGINE_CLASSES],
      useFactory: (...engines: BackupEngine[]) => new BackupEngines(engines),
    },
    // Engines that make backups ask the database; here none is made.
    { provide: DatabaseUrl, useValue: new DatabaseUrl('postgres://nowhere.invalid/none') },
    { provide: Sql, useValue: {} },
    ...more,
  ];
  const imports = [ConfigModule.forRoot(config), TimeModule.forRoot(new SystemClock()), CryptoModule];
  return NestFactory.createApplicationContext(
    { module: RestoreModule, imports, providers: providers as never },
    { logger: ['error', 'fatal'], abortOnError: false },
  );
}

function filesOf({ storage, secrets }: Config): Promise<ObjectStore> {
  return composeStore(storage, secrets.encryptionKeys, () => undefined);
}
