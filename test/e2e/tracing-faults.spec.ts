import { Tracing } from '../../src/telemetry/tracing.js';
import { TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { flush, OtlpCollector } from '../support/otlp-collector.js';
import { logOf } from '../support/outbox.js';

const droppedOf = async (app: TestApp) =>
  Number(/^cloudkeep_trace_spans_dropped_total (\d+)$/m.exec((await app.anyone.get('//metrics')).text)?.[1]);

it('a collector that refuses is told of once, and so is its return; what it missed is counted', async () => {
  const collector = await OtlpCollector.start();
  const app = await TestApp.start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const user = await app.given.signedIn();
  await flush(app);
  expect(await droppedOf(app)).toBe(0);
  const log = await logOf(async () => {
    for (const status of [400, 401, 200, 200]) {
      collector.status = status;
      expect((await app.as(user).get('/auth/profile')).status).toBe(200);
      await flush(app);
    }
  });
  expect(log.split('\n')).toEqual([
    expect.stringContaining('Spans do not reach the collector'),
    expect.stringContaining('Spans reach the collector again'),
  ]);
  expect(await droppedOf(app)).toBeGreaterThanOrEqual(2);
  await app.stop();
  await collector.stop();
});

it('a collector that is not there keeps nobody waiting, not even the end', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const app = await TestApp.start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
  const user = await app.given.signedIn();
  const began = performance.now();
  for (let i = 0; i < 50; i++) expect((await app.as(user).get('/auth/profile')).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(5_000);
  const tracing = app.cloudkeep.nest.get(Tracing);
  const ends = performance.now();
  await tracing.close();
  expect(performance.now() - ends).toBeLessThan(5_000);
  await app.stop();
});

it('more than can wait is dropped, and counted', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const tracing = await Tracing.open(
    {
      endpoint: new URL(endpoint),
      headers: {},
      serviceName: 'cloudkeep',
      sampler: 'always_on',
      ratio: 1,
    },
    { version: '0', environment: 'test' },
  );
  for (let i = 0; i < 6_000; i++) tracing.root({ name: 'one of many', kind: 'internal' })?.end();
  // 4,096 wait, and what is on its way already.
  expect(tracing.droppedSpans).toBeGreaterThan(1_000);
  expect(tracing.droppedSpans).toBeLessThan(2_000);
  await tracing.close();
});
