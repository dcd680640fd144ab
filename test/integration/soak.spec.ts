import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';

const SOAK = fileURLToPath(new URL('../../bench/soak.js', import.meta.url));

it('under mixed load nothing fails and nothing acknowledged is lost', async () => {
  const soak = spawn(process.execPath, [SOAK, '--minutes', '0.04'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(soak, 'exit');
  const [told, faults] = await Promise.all([text(soak.stdout), text(soak.stderr)]);
  expect(faults).toBe('');
  expect(told).toMatch(/\d\d+ requests, 0 failed; 0 changes lost; chain of \d+ rows holds;/);
  expect(await ended).toEqual([0, null]);
}, 60_000);
