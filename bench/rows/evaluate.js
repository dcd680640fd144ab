// @ts-check
// One cluster evaluation of 500 candidates over a market in memory, with the built-in risk model and with an ONNX one.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Metrics } from '../../dist/src/common/http/metrics.js';
import { EvaluationMetrics } from '../../dist/src/modules/evaluation/evaluation-metrics.js';
import {
  DEFAULT_PIPELINE_CONFIG,
  EvaluationService,
} from '../../dist/src/modules/evaluation/evaluation.service.js';
import { OnnxRunner } from '../../dist/src/modules/evaluation/risk/onnx-runner.js';
import { RiskModels } from '../../dist/src/modules/evaluation/risk/risk-models.js';
import { ROUNDS, SECONDS } from '../support/duel.js';
import { FixedMarket, NOW, poolsOf } from '../support/market.js';
import { atMost, publish } from '../support/results.js';
import { quantile, spread } from '../support/statistics.js';

const CANDIDATES = 500;

const pools = poolsOf(CANDIDATES);
const [current] = pools;
const market = new FixedMarket(pools);
const onnx = new OnnxRunner();
const metrics = new Metrics();
const service = new EvaluationService(
  market,
  { now: () => NOW },
  new EvaluationMetrics(metrics),
  onnx,
  new RiskModels(onnx),
);
/** A logistic regression of the six features, as test/support/onnx-models.ts writes it. */
const file = Buffer.from(
  'CAhCBAoAEA06rgEKGQoIZmVhdHVyZXMKAXcKAWISAXoiBEdlbW0KGQoBehILcHJvYmFiaWxpdHkiB1NpZ21vaWQS' +
    'BWdyYXBoKiMIBggBEAFCAXdKGAAAAEAAAMC/AAAgQAAAwD8K1yM8CtejPCoNCAEQAUIBYkoEAABgwFobCghmZWF0' +
    'dXJlcxIPCg0IARIJCgMSAW4KAggGYh4KC3Byb2JhYmlsaXR5Eg8KDQgBEgkKAxIBbgoCCAE=',
  'base64',
);
/** @type {import('../../dist/src/modules/evaluation/evaluation.service.js').ModelReference} */
const registered = {
  id: 'bench',
  name: 'bench',
  version: '1.0.0',
  digest: createHash('sha256').update(file).digest('hex'),
  load: () => Promise.resolve(file),
};
/**
 * The prices of an hour are known from the second evaluation on, as of the simulated market;
 * `fresh` ones were never seen before, as AWS gives them.
 *
 * @type {Record<string, { model: typeof registered, isFresh: boolean }>}
 */
const cases = {
  'family-stress': { model: 'family-stress', isFresh: false },
  'family-stress, fresh prices': { model: 'family-stress', isFresh: true },
  ONNX: { model: registered, isFresh: false },
};

/** @param {typeof registered} model */
async function evaluateOnce(model) {
  let lines = 0;
  const evaluation = await service.evaluate(
    {
      mode: 'cluster',
      instance: {
        instanceId: 'i-bench',
        instanceType: current?.type.name ?? '',
        availabilityZone: current?.availabilityZone ?? '',
      },
      access: { region: 'eu-west-1', accessKeyId: 'bench', secretAccessKey: 'bench' },
      config: DEFAULT_PIPELINE_CONFIG,
      model,
    },
    () => lines++,
  );
  const ranked = evaluation.candidates.filter(({ rank }) => rank !== null).length;
  const isAsMeant = ranked === CANDIDATES && lines > 5 && evaluation.model.fellBackFrom === undefined;
  if (!isAsMeant)
    throw new Error(`${ranked} candidates, ${lines} lines, ${JSON.stringify(evaluation.model)}`);
}

/**
 * @param {typeof cases[string]} one
 * @returns {Promise<number[]>} milliseconds, one an evaluation.
 */
async function measure({ model, isFresh }) {
  const times = [];
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    market.all = isFresh ? pools.map((pool) => ({ ...pool, history: [...pool.history] })) : pools;
    const startedAt = performance.now();
    await evaluateOnce(model);
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** @type {Record<string, number[]>} */
const evaluations = {};
/** @type {Parameters<typeof publish>[1]} */
const figures = {};
for (const [name, one] of Object.entries(cases)) {
  // Not counted: compiles and, for ONNX, starts the process and loads the model.
  await measure(one);
  /** @type {number[][]} */
  const rounds = [];
  /** @type {number[]} */
  const cpu = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    const times = await measure(one);
    const { user, system } = process.cpuUsage(before);
    rounds.push(times);
    cpu.push((user + system) / 1000 / times.length);
  }
  figures[`${name}: p99 in ms`] = {
    value: spread(rounds.map((times) => quantile(times, 0.99))),
    goal: atMost(50),
  };
  figures[`${name}: median in ms`] = { value: spread(rounds.map((times) => quantile(times, 0.5))) };
  figures[`${name}: CPU in ms`] = { value: spread(cpu) };
  evaluations[name] = rounds.map((times) => times.length);
}
publish('evaluate', figures, {
  absolute: { evaluations },
  notes: [
    `${CANDIDATES} pools in memory with ${pools[0]?.history.length} prices each, all of them ranked.`,
    'From the call to the answer, log lines and metrics included; no network, no database.',
    'Both cores: the process that runs ONNX models has its own.',
  ],
});
onnx.onApplicationShutdown();
metrics.onApplicationShutdown();
