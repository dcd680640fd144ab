import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestApp } from './app.js';
import { eventually } from './eventually.js';
import { headerOf, readable } from './mail-server.js';

/** The token in the link of the newest mail to somebody, once that mail has left. */
export async function mailedToken(app: TestApp, email: string): Promise<string> {
  let token: string | undefined;
  await eventually(
    () => {
      token = /#token=([\w-]+)/.exec(newestTo(app, email))?.[1];
      expect(token).toBeDefined();
    },
    { within: 5_000 },
  );
  return token ?? '';
}

function newestTo(app: TestApp, email: string): string {
  const folder = join(app.cloudkeep.config.app.dataDir, 'outbox');
  if (!existsSync(folder)) return '';
  const letters = readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return readable(letters.findLast((raw) => headerOf(raw, 'to')?.includes(email)) ?? '');
}
