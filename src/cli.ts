import 'reflect-metadata';
import { reportFailure, readConfig } from './bootstrap.js';
import { readEnv } from './config/env.js';
import { locateDatabase } from './database/open-database.js';
import { migrate, revertLast } from './database/migrate.js';
import { COPY_USAGE, runCopy, UsageError } from './modules/storage/copy-command.js';

const USAGE = `Usage: npm run cli -- <command>

  migrate          bring the database schema up to date
  migrate:revert   undo the newest migration
  ${COPY_USAGE}`;

const commands: Record<string, (args: readonly string[]) => Promise<number>> = {
  migrate: () =>
    withDatabase(async (url) => {
      const ran = await migrate(url);
      return ran.length === 0 ? 'The schema is up to date.' : `Ran ${ran.join(', ')}.`;
    }),
  'migrate:revert': () =>
    withDatabase(async (url) => {
      const reverted = await revertLast(url);
      return reverted === null ? 'There is nothing to undo.' : `Undid ${reverted}.`;
    }),
  'storage:copy': (args) => runCopy(args, readEnv()),
};

async function withDatabase(work: (url: string) => Promise<string>): Promise<number> {
  const database = await locateDatabase(readConfig());
  try {
    process.stdout.write(`${await work(database.url)}\n`);
    return 0;
  } finally {
    await database.close();
  }
}

const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command(args);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${name}: ${error.message}\n\n${USAGE}`);
      process.exitCode = 2;
    } else reportFailure(error);
  }
}
