import 'reflect-metadata';
import { reportFailure, readConfig } from './bootstrap.js';
import { UsageError } from './common/errors/usage-error.js';
import type { Config } from './config/config.js';
import { readEnv } from './config/env.js';
import { locateDatabase } from './database/open-database.js';
import { migrate, revertLast } from './database/migrate.js';
import { runVerify, VERIFY_USAGE } from './modules/audit/verify-command.js';
import { BACKUP_USAGE } from './modules/backups/restore/backup-commands.js';
import {
  PGBACKREST_USAGE,
  runPgBackRestConfig,
} from './modules/backups/engines/pgbackrest/config-command.js';
import { COPY_USAGE, runCopy } from './modules/storage/copy-command.js';

const USAGE = `Usage: npm run cli -- <command>

  migrate          bring the database schema up to date
  migrate:plan     show the SQL that is to run and what it locks, and run nothing
  migrate:revert   undo the newest migration
  keys:rotate      make a new key for access tokens (JWT_ALGORITHM EdDSA or RS256);
                   with --at-once refuse the tokens of the old ones from now on
  keys:reencrypt   seal what the database holds sealed under the first of ENCRYPTION_KEY
  storage:check    list objects without a row and rows without their object;
                   with --repair remove the former
  audit:resume     after an older backup was restored: put seals of what came after it
                   aside in the files' store, and say so in each audit trail
  ${BACKUP_USAGE}  ${PGBACKREST_USAGE}  ${COPY_USAGE}  ${VERIFY_USAGE}`;

/** Answers the exit code. */
type Command = (args: readonly string[]) => Promise<number>;

const commands: Record<string, Command> = {
  migrate: () =>
    withDatabase(async (url, { database }) => {
      const ran = await migrate(url, database.migrationLockSeconds);
      return ran.length === 0 ? 'The schema is up to date.' : `Ran ${ran.join(', ')}.`;
    }),
  'migrate:plan': () =>
    withDatabase(async (url) => (await import('./database/migration-plan.js')).describePending(url)),
  'migrate:revert': () =>
    withDatabase(async (url, { database }) => {
      const reverted = await revertLast(url, database.migrationLockSeconds);
      return reverted === null ? 'There is nothing to undo.' : `Undid ${reverted}.`;
    }),
  'keys:rotate': (args) =>
    withDatabase(async (url, config) => {
      const { rotateSigningKey } = await import('./keys-rotate.js');
      return rotateSigningKey(config, url, args.includes('--at-once'));
    }),
  'keys:reencrypt': () =>
    withDatabase(async (url, config) => (await import('./keys-reencrypt.js')).reencrypt(config, url)),
  'storage:check': (args) =>
    withDatabase(async (url, config) => {
      const { checkStorage } = await import('./storage-check.js');
      return checkStorage(config, url, args.includes('--repair'));
    }),
  'backup:list': async (args) => (await backups())['backup:list'](args),
  'backup:verify': async (args) => (await backups())['backup:verify'](args),
  'backup:pgbackrest-config': (args) => Promise.resolve(runPgBackRestConfig(args, readConfig().backups)),
  'backup:restore': async (args) => (await backups())['backup:restore'](args),
  'storage:copy': (args) => runCopy(args, readEnv()),
  'audit:verify': runVerify,
  'audit:resume': () =>
    withDatabase(async (url, config) => (await import('./audit-resume.js')).resumeTrails(config, url)),
};

async function backups() {
  return (await import('./backup-restore.js')).backupCommands;
}

async function withDatabase(work: (url: string, config: Config) => Promise<string>): Promise<number> {
  const config = readConfig();
  const database = await locateDatabase(config);
  try {
    process.stdout.write(`${await work(database.directUrl, config)}\n`);
    return 0;
  } finally {
    await database.close();
  }
}

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (name === '--help' || args.includes('--help')) {
  process.stdout.write(USAGE);
} else if (command === undefined) {
  process.stderr.write(name === '' ? USAGE : `There is no command ${name}.\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command(args);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${name}: ${error.message}\n\n${USAGE}`);
      process.exitCode = 2;
    } else reportFailure(error, `${name}:`);
  }
}
