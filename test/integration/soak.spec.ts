import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { itWhere } from '../support/where.js';

const SOAK = fileURLToPath(new URL('../../bench/soak.js', import.meta.url));
const hasCores = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

jest.setTimeout(120_000);

const story = 'under mixed load nothing fails and nothing acknowledged is lost';
itWhere(hasCores, 'second core, or no taskset', story, async () => {
  const soak = spawn(process.execPath, [SOAK, '--minutes', '0.04'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(soak, 'exit');
  const [told, faults] = await Promise.all([text(soak.stdout), text(soak.stderr)]);
  expect(faults).toBe('');
  expect(told).toMatch(/\d\d+ requests, 0 failed; 0 changes lost; chain of \d+ rows holds;/);
  expect(await ended).toEqual([0, null]);
});
