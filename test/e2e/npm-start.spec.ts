import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TestDatabase } from '../support/database.js';
import { memoryOrDisk } from '../support/scratch.js';

const ROOT = join(import.meta.dirname, '..', '..');

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await TestDatabase.create();
  folder = mkdtempSync(join(memoryOrDisk(), 'cloudkeep-npm-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

it('npm that is told to stop leaves no server behind', async () => {
  const { PATH, HOME } = process.env;
  const settings = { HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, DATABASE_URL: database.url };
  // What `npm start` runs once it has built.
  const npm = spawn('npm', ['run', '--silent', 'start:prod'], {
    cwd: ROOT,
    env: { PATH, HOME, npm_config_update_notifier: 'false', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  npm.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const address = () => /^ {2}URL +(\S+)$/m.exec(output)?.[1];
  while (address() === undefined) await once(npm.stdout, 'data');
  expect((await fetch(`${address()}/health/live`)).status).toBe(200);
  npm.kill('SIGTERM');
  // Only when the last process that can print has ended.
  await once(npm, 'close');
  await expect(fetch(`${address()}/health/live`)).rejects.toThrow('fetch failed');
}, 60_000);
