// @ts-check
// `npm run fuzz -- --minutes 10 --seed 7`: asks every route whatever there is to ask, for as long as wanted, and tries every DTO.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const seconds = Number(values.minutes) * 60;
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
if (!(seconds > 0) || !Number.isSafeInteger(seed)) {
  console.error('Usage: npm run fuzz -- [--minutes 10] [--seed 7]');
  process.exit(2);
}

const flags = ['--enable-source-maps', '--experimental-vm-modules', '--no-warnings'];
const jest = [...flags, 'node_modules/jest/bin/jest.js', 'test/e2e/fuzz'];
const env = { ...process.env, FUZZ_SECONDS: String(seconds), FUZZ_SEED: String(seed) };
const run = spawn(process.execPath, jest, { stdio: 'inherit', env });
run.once('exit', (code) => process.exit(code ?? 1));
