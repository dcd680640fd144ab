import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Metrics } from '../../src/common/http/metrics.js';
import { TestApp } from '../support/app.js';

interface Alerts {
  readonly groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
}
interface Dashboard {
  readonly panels: { id: number; title: string; targets: { expr: string }[] }[];
}

const read = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../docker/monitoring', name), 'utf8');
const rules = (parse(read('alerts.yaml')) as Alerts).groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read('dashboard.json')) as Dashboard;
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
];

/** Metrics and, of ours, their labels, as the server tells them. */
const told = new Map<string, Set<string>>();
beforeAll(async () => {
  // With a Redis, though nobody is there: some metrics are of it.
  const app = await TestApp.start({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
  const { text } = await app.anyone.get('//metrics');
  for (const [, name = ''] of text.matchAll(/^# TYPE (\w+)/gm)) told.set(name, new Set());
  // What nobody has counted yet is told without its labels.
  const known = app.cloudkeep.nest.get(Metrics).registry.getMetricsAsArray();
  for (const metric of known as unknown as { name: string; labelNames?: string[] }[])
    told.set(metric.name, new Set(metric.labelNames));
  await app.stop();
});

/** What a name in an expression stands for: of a histogram there are three series. */
const familyOf = (series: string) => series.replace(/_(bucket|count|sum)$/, '');

describe('alert rules and dashboard', () => {
  it('are there, each under a name of its own', () => {
    expect(rules.length).toBeGreaterThan(8);
    expect(panels.length).toBeGreaterThan(10);
    for (const names of [rules.map(({ alert }) => alert), panels.map(({ title }) => title)])
      expect(names).toEqual([...new Set(names)]);
    for (const { annotations } of rules) expect(Object.keys(annotations)).toEqual(['summary', 'description']);
  });

  it.each(expressions)('%s asks for metrics and labels that there are', (_, expression) => {
    const series = [...expression.matchAll(/\b((?:cloudkeep|http|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)];
    if (!/\bup\{/.test(expression)) expect(series).not.toEqual([]);
    for (const [, name = '', matchers = ''] of series) {
      const labels = told.get(familyOf(name)) ?? told.get(name);
      expect([name, labels !== undefined]).toEqual([name, true]);
      for (const [, label = ''] of matchers.matchAll(/(\w+)\s*[=!]~?/g))
        if (label !== 'instance')
          expect([name, [...(labels ?? [])]]).toEqual([
            name,
            expect.arrayContaining([label.replace(/^exported_/, '')]),
          ]);
    }
  });
});
