// @ts-check
// Any other side under the sampling profiler of V8: SIGUSR2 begins a profile, the next one writes it to PROFILE_FILE.
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const { PROFILE_FILE: file = '', PROFILED_SCRIPT: script = '' } = process.env;
const SAMPLE_EVERY_US = 200;

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
let isRunning = false;
process.on('SIGUSR2', () => void turn());

async function turn() {
  isRunning = !isRunning;
  if (isRunning) return void (await session.post('Profiler.start'));
  const { profile } = await session.post('Profiler.stop');
  writeFileSync(`${file}.part`, JSON.stringify(profile));
  // Whoever waits for it finds it whole.
  renameSync(`${file}.part`, file);
}

await import(script);
