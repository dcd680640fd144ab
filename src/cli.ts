import 'reflect-metadata';
import { reportFailure, readConfig } from './bootstrap.js';
import type { Config } from './config/config.js';
import { locateDatabase } from './database/open-database.js';
import { migrate, revertLast } from './database/migrate.js';

const USAGE = `Usage: npm run cli -- <command>

  migrate          bring the database schema up to date
  migrate:revert   undo the newest migration
  storage:check    list objects without a row and rows without their object;
                   with --repair remove the former
`;

type Command = (url: string, config: Config, flags: readonly string[]) => Promise<string>;

const commands: Record<string, Command> = {
  migrate: async (url) => {
    const ran = await migrate(url);
    return ran.length === 0 ? 'The schema is up to date.' : `Ran ${ran.join(', ')}.`;
  },
  'migrate:revert': async (url) => {
    const reverted = await revertLast(url);
    return reverted === null ? 'There is nothing to undo.' : `Undid ${reverted}.`;
  },
  'storage:check': async (url, config, flags) => {
    const { checkStorage } = await import('./storage-check.js');
    return checkStorage(config, url, flags.includes('--repair'));
  },
};

const [name = '', ...flags] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    const config = readConfig();
    const database = await locateDatabase(config);
    try {
      process.stdout.write(`${await command(database.url, config, flags)}\n`);
    } finally {
      await database.close();
    }
  } catch (error) {
    reportFailure(error);
  }
}
