import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppError } from '../../src/common/errors/app-error.js';
import { OnnxRunner, PATIENCE } from '../../src/modules/evaluation/risk/onnx-runner.js';
import { eventually } from '../support/eventually.js';
import {
  endlessLoop,
  firstFeature,
  heavy,
  hungry,
  logisticRegression,
  outOfRange,
  registered,
  twoInputs,
  wideOutput,
} from '../support/onnx-models.js';

const WEIGHTS = [2, -1.5, 2.5, 1.5, 0.01, 0.02];
const BIAS = -3.5;
const ROWS = [
  [0, 0.7, 0.2, 0.4, 3, 0],
  [1, 0.1, 0.9, 1, 14, 4],
  [0.5, 0.5, 0.5, 0.5, 23, 6],
];

const processes = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
/** Those of the tests themselves. */
const before = processes();

const MODEL_PROCESS = join(import.meta.dirname, '../../dist/src/modules/evaluation/risk/model-process.js');
/** Tells the number of the process once that is at work and will never answer. */
const ASKS_FOR_EVER = `
  const [program, model] = process.argv.slice(1);
  const { ModelProcess } = await import(program);
  const models = new ModelProcess();
  const question = { digest: null, model: Buffer.from(model, 'base64'), rows: 1, features: new Float32Array(6) };
  await models.ask({ ...question, model: null }, 15_000);
  setTimeout(() => console.log(models.child.pid), 300);
  await models.ask(question, 60_000);`;

/** One that nobody has buried yet is not. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^State:\s+[^ZX\s]/m.test(status);
}

let runner: OnnxRunner;
beforeEach(() => {
  runner = new OnnxRunner();
});
afterEach(() => runner.onApplicationShutdown());
// One that was killed and lives on for a moment would keep Jest's worker from ending in time.
afterAll(() => eventually(() => expect(processes()).toBe(before), { within: 10_000 }));

/** What never answers is waited for no longer than a test has to. */
const impatient = () => (runner = new OnnxRunner({ ...PATIENCE, fetch: 100, load: 1_500 }));

const asked = (rows: readonly (readonly number[])[]) => Float32Array.from(rows.flat());
const expected = (row: readonly number[]) => {
  const z = row.reduce((sum, value, index) => sum + value * (WEIGHTS[index] ?? 0), BIAS);
  return 1 / (1 + Math.exp(-z));
};

describe('a model', () => {
  it('answers what its formula says, row by row', async () => {
    const model = registered(logisticRegression(WEIGHTS, BIAS));
    const probabilities = await runner.probabilities(model, asked(ROWS));
    expect(probabilities).toHaveLength(ROWS.length);
    ROWS.forEach((row, index) => expect(probabilities[index]).toBeCloseTo(expected(row), 5));
  });

  it('may answer [n] as well as [n, 1]', async () => {
    const probabilities = await runner.probabilities(registered(firstFeature()), asked(ROWS));
    expect([...probabilities]).toEqual([0, 1, 0.5]);
  });

  it('is loaded once, however often it is asked', async () => {
    const [one, other] = [
      registered(logisticRegression(WEIGHTS, 0)),
      registered(logisticRegression(WEIGHTS, 1)),
    ];
    for (let round = 0; round < 3; round++) {
      await Promise.all([one, other].map((model) => runner.probabilities(model, asked(ROWS))));
    }
    expect([one.loads, other.loads]).toEqual([1, 1]);
  });

  it('of another digest than was registered is refused', async () => {
    const model = { ...registered(logisticRegression(WEIGHTS, BIAS)), digest: '0'.repeat(64) };
    await expect(runner.probabilities(model, asked(ROWS))).rejects.toMatchObject({ code: 'model_corrupt' });
  });

  it('that loops is stopped, holds nobody else up, and is not tried again at once', async () => {
    impatient();
    const [endless, good] = [registered(endlessLoop()), registered(logisticRegression(WEIGHTS, BIAS))];
    const [failed, answered] = await Promise.allSettled([
      runner.probabilities(endless, asked(ROWS)),
      runner.probabilities(good, asked(ROWS)),
    ]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'model_too_slow' } });
    expect(answered.status).toBe('fulfilled');
    const startedAt = performance.now();
    await expect(runner.probabilities(endless, asked(ROWS))).rejects.toMatchObject({
      code: 'model_too_slow',
    });
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(endless.loads).toBe(1);
  });

  it('that can not be fetched says so, and is fetched the next time; the others stay loaded', async () => {
    const [model, other] = [registered(logisticRegression(WEIGHTS, BIAS)), registered(firstFeature())];
    await runner.probabilities(other, asked(ROWS));
    const lost = { ...model, load: () => Promise.reject(new Error('The store is away')) };
    await expect(runner.probabilities(lost, asked(ROWS))).rejects.toThrow('The store is away');
    await expect(runner.probabilities(model, asked(ROWS))).resolves.toHaveLength(3);
    await runner.probabilities(other, asked(ROWS));
    expect(other.loads).toBe(1);
  });

  it('that does not come is not waited for again at once', async () => {
    impatient();
    let loads = 0;
    const load = () => new Promise<never>(() => loads++);
    const model = { ...registered(firstFeature()), load };
    for (let times = 0; times < 3; times++)
      await expect(runner.probabilities(model, asked(ROWS))).rejects.toMatchObject({ code: 'unavailable' });
    expect(loads).toBe(1);
  });
});

describe('the process that runs models', () => {
  it('starts with the first of them, leaves the event loop alone, and ends with the server', async () => {
    impatient();
    await eventually(() => expect(processes()).toBe(before), { within: 2_000 });
    let turns = 0;
    const timer = setInterval(() => turns++, 10);
    const looping = runner.probabilities(registered(endlessLoop()), asked(ROWS));
    await eventually(() => expect(processes()).toBe(before + 1), { within: 2_000 });
    await expect(looping).rejects.toMatchObject({ code: 'model_too_slow' });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(50);
    await runner.probabilities(registered(logisticRegression(WEIGHTS, BIAS)), asked(ROWS));
    await eventually(() => expect(processes()).toBe(before + 1), { within: 2_000 });
    runner.onApplicationShutdown();
    await eventually(() => expect(processes()).toBe(before), { within: 2_000 });
  });

  it('ends, busy as it is, after a server that was killed', async () => {
    const model = Buffer.from(endlessLoop()).toString('base64');
    const server = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      ASKS_FOR_EVER,
      MODEL_PROCESS,
      model,
    ]);
    const [pid] = (await once(server.stdout, 'data')) as [Buffer];
    expect(await isRunning(Number(pid))).toBe(true);
    server.kill('SIGKILL');
    await once(server, 'exit');
    await eventually(async () => expect(await isRunning(Number(pid))).toBe(false), { within: 5_000 });
  });
});

describe('an inspection', () => {
  it('admits a model that does as documented', async () => {
    const file = logisticRegression([0.1, 0.1, 0.1, 0.1, 0, 0], 0);
    await expect(runner.inspect(file)).resolves.toBe(registered(file).digest);
  });

  it('admits one as large as may be', async () => {
    await expect(runner.inspect(heavy(31))).resolves.toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['nothing', () => new Uint8Array(0), 'model_not_onnx'],
    ['a page of HTML', () => Buffer.from('<!doctype html><title>404</title>'), 'model_not_onnx'],
    ['half a model', () => logisticRegression(WEIGHTS, BIAS).subarray(0, 60), 'model_not_onnx'],
    ['features it does not know', () => logisticRegression([1, 1, 1], 0, { width: 3 }), 'model_wrong_shape'],
    ['batches of one size only', () => logisticRegression(WEIGHTS, BIAS, { batch: 1 }), 'model_wrong_shape'],
    ['two inputs', twoInputs, 'model_wrong_shape'],
    ['a table for an answer', wideOutput, 'model_wrong_shape'],
    ['numbers that are no probability', outOfRange, 'model_wrong_output'],
    ['more memory than it may have', () => hungry(1), 'model_too_large'],
    ['more memory than can be addressed', () => hungry(64), 'model_too_large'],
    ['a gigabyte', () => new Uint8Array(2 ** 30), 'model_too_large'],
  ])('refuses %s', async (_, file, code) => {
    await expect(runner.inspect(file())).rejects.toMatchObject({ code });
  });

  it('repeats the names in a model whole, if not to their end', async () => {
    const file = logisticRegression([1, 1, 1], 0, { width: 3, batch: `a${'\u{1f989}'.repeat(200)}` });
    const refusal = await runner.inspect(file).catch((error: unknown) => error as AppError);
    expect(refusal).toMatchObject({
      code: 'model_wrong_shape',
      detail: expect.stringContaining('a\u{1f989}'),
    });
    expect((refusal as AppError).detail.isWellFormed()).toBe(true);
  });

  it('refuses a loop without end', async () => {
    impatient();
    await expect(runner.inspect(endlessLoop())).rejects.toMatchObject({ code: 'model_too_slow' });
  });
});
