import { OnnxRunner } from '../../src/modules/evaluation/risk/onnx-runner.js';
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

let runner: OnnxRunner;
beforeEach(() => {
  runner = new OnnxRunner();
});
afterEach(() => runner.onApplicationShutdown());
// One that was killed and lives on for a moment would keep Jest's worker from ending in time.
afterAll(() => eventually(() => expect(processes()).toBe(before), { within: 10_000 }));

/** What never answers is waited for no longer than a test has to. */
const impatient = () => Object.assign(runner.patience, { load: 1_500 });

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

  it('that can not be fetched says so, and is fetched the next time', async () => {
    const model = registered(logisticRegression(WEIGHTS, BIAS));
    const lost = { ...model, load: () => Promise.reject(new Error('The store is away')) };
    await expect(runner.probabilities(lost, asked(ROWS))).rejects.toThrow('The store is away');
    await expect(runner.probabilities(model, asked(ROWS))).resolves.toHaveLength(3);
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
});

describe('an inspection', () => {
  it('admits a model that does as documented', async () => {
    const file = logisticRegression([0.1, 0.1, 0.1, 0.1, 0, 0], 0);
    await expect(runner.inspect(file)).resolves.toEqual({
      digest: registered(file).digest,
      sizeBytes: file.length,
    });
  });

  it('admits one as large as may be', async () => {
    await expect(runner.inspect(heavy(31))).resolves.toMatchObject({
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
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

  it('refuses a loop without end', async () => {
    impatient();
    await expect(runner.inspect(endlessLoop())).rejects.toMatchObject({ code: 'model_too_slow' });
  });
});
