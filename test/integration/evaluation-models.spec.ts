import { EvaluationBench } from '../support/evaluation.js';
import { FakeMarket, pool, REGION, stressed } from '../support/market.js';
import { firstFeature, logisticRegression, outOfRange, registered } from '../support/onnx-models.js';

let bench: EvaluationBench;
beforeAll(async () => {
  bench = await EvaluationBench.start(
    new FakeMarket([pool(), pool({ availabilityZone: `${REGION}b`, spotPrice: '0.060' })]),
  );
});
afterAll(() => bench.stop());

it('a model of one’s own judges instead of the built-in one, by the documented features', async () => {
  const evaluation = await bench.evaluate({ model: registered(firstFeature()) });
  expect(evaluation.model).toEqual({ name: 'own', version: '1.2.0' });
  for (const { crashProbability, availabilityZone } of evaluation.candidates) {
    expect(crashProbability).toBeCloseTo(availabilityZone.endsWith('b') ? 1 : 0.2, 6);
  }
  expect(evaluation.candidates.at(-1)).toMatchObject({ rejected: { stage: 'safety_gate' } });
});

it('a model that fails is replaced by the built-in one, loudly', async () => {
  const builtIn = await bench.evaluate();
  const evaluation = await bench.evaluate({ model: registered(outOfRange()) });
  expect(evaluation.model).toEqual({
    name: 'family-stress',
    version: '1.0.0',
    fellBackFrom: { name: 'own', version: '1.2.0', problem: expect.stringContaining('model_wrong_output') },
  });
  expect(evaluation.crashProbability).toBe(builtIn.crashProbability);
  expect(bench.lines).toContainEqual(expect.objectContaining({ log_type: 'RISK', level: 'error' }));
  expect(await bench.scrape()).toContain('cloudkeep_risk_model_fallbacks_total 1');
});

it('a model whose file can not be had is replaced too, and its store’s words stay inside', async () => {
  const lost = { ...registered(firstFeature()), digest: 'f'.repeat(64) };
  const away = { ...lost, load: () => Promise.reject(new Error('s3://secret-bucket is away')) };
  const evaluation = await bench.evaluate({ model: away });
  expect(evaluation.model.fellBackFrom?.problem).toBe('model_unavailable: It could not be loaded.');
  expect(JSON.stringify([evaluation, bench.lines])).not.toContain('secret-bucket');
});

it('many at once share one model', async () => {
  const model = registered(logisticRegression([0, 0, 0, 0, 0, 0], -3));
  const evaluations = await Promise.all(Array.from({ length: 20 }, () => bench.evaluate({ model })));
  for (const { crashProbability } of evaluations)
    expect(crashProbability).toBeCloseTo(1 / (1 + Math.exp(3)), 6);
  expect(model.loads).toBe(1);
});

it('the cloud’s warning outranks a model that sees no danger', async () => {
  bench.market.all = [stressed()];
  bench.market.warning = 'termination';
  const model = registered(logisticRegression([0, 0, 0, 0, 0, 0], -9));
  expect(await bench.evaluate({ model })).toMatchObject({ decision: 'EVACUATE' });
});
