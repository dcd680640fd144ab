import { reportFailure, readConfig } from './bootstrap.js';
import { locateDatabase } from './database/open-database.js';
import { migrate, revertLast } from './database/migrate.js';

const USAGE = `Usage: npm run cli -- <command>

  migrate          bring the database schema up to date
  migrate:revert   undo the newest migration
`;

const commands: Record<string, (url: string) => Promise<string>> = {
  migrate: async (url) => {
    const ran = await migrate(url);
    return ran.length === 0 ? 'The schema is up to date.' : `Ran ${ran.join(', ')}.`;
  },
  'migrate:revert': async (url) => {
    const reverted = await revertLast(url);
    return reverted === null ? 'There is nothing to undo.' : `Undid ${reverted}.`;
  },
};

const [name = ''] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    const database = await locateDatabase(readConfig());
    try {
      process.stdout.write(`${await command(database.url)}\n`);
    } finally {
      await database.close();
    }
  } catch (error) {
    reportFailure(error);
  }
}
