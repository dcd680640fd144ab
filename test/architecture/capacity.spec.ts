import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');

interface Wait {
  readonly utilisation: number;
  readonly mean: number;
  readonly p99: number;
}
interface Station {
  readonly perSecond: number;
  readonly seconds: number;
  readonly servers: number;
  readonly variation?: number;
}
interface Queues {
  readonly erlangC: (servers: number, offered: number) => number;
  readonly wait: (station: Station) => Wait;
  readonly mixture: (kinds: readonly { share: number; seconds: number }[]) => {
    readonly seconds: number;
    readonly variation: number;
  };
}
const { erlangC, wait, mixture } = (await import(join(ROOT, 'bench/capacity/queues.js'))) as Queues;

const capacity = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(ROOT, 'bench/capacity.js'), ...args]).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );

describe('queues', () => {
  test.each([
    [1, 0.5, 0.5],
    [2, 1, 1 / 3],
    [3, 2, 4 / 9],
    [5, 4, 0.5541],
    [10, 8, 0.4092],
    [4, 4, 1],
    [4, 9, 1],
  ])('Erlang C of %d servers offered %d Erlang is %d', (servers, offered, known) => {
    expect(erlangC(servers, offered)).toBeCloseTo(known, 4);
  });

  test('Erlang C is what its sum says, for many servers too', () => {
    const [servers, offered] = [40, 33];
    let [term, sum] = [1, 0];
    for (let n = 1; n <= servers; n++) [term, sum] = [(term * offered) / n, sum + term];
    const last = (term * servers) / (servers - offered);
    expect(erlangC(servers, offered)).toBeCloseTo(last / (sum + last), 10);
  });

  test('one server waits as Pollaczek and Khinchine say, for exponential and constant service', () => {
    const station = { perSecond: 0.8, seconds: 1, servers: 1 };
    expect(wait(station).mean).toBeCloseTo(4);
    expect(wait({ ...station, variation: 0 }).mean).toBeCloseTo(2);
    // P(W > t) = 0.8 exp(-0.2 t) of M/M/1
    expect(0.8 * Math.exp(-0.2 * wait(station).p99)).toBeCloseTo(0.01);
  });

  test('what is asked for more than it can do never ends; what is hardly asked waits for nothing', () => {
    expect(wait({ perSecond: 3, seconds: 1, servers: 2 })).toEqual({
      utilisation: 1.5,
      mean: Infinity,
      p99: Infinity,
    });
    expect(wait({ perSecond: 0.001, seconds: 1, servers: 2 }).p99).toBe(0);
  });

  test('a mixture of long and short work varies more than either', () => {
    expect(mixture([{ share: 2, seconds: 3 }])).toEqual({ seconds: 3, variation: 1 });
    const { seconds, variation } = mixture([
      { share: 1, seconds: 1 },
      { share: 1, seconds: 3 },
    ]);
    expect([seconds, variation]).toEqual([2, 1.5]);
  });
});

describe('npm run capacity', () => {
  test('says what docs/scaling.md has; else run `npm run capacity -- --write`', async () => {
    const page = readFileSync(join(ROOT, 'docs/scaling.md'), 'utf8');
    const onPage = (options: string) =>
      new RegExp(`<!-- npm run capacity${options} -->\n\n([^]*?)\n\n<!-- end -->`).exec(page)?.[1];
    const [sizes, costs] = await Promise.all([capacity(), capacity('--costs')]);
    expect([sizes.stdout.trim(), costs.stdout.trim()]).toEqual([onPage(''), onPage(' -- --costs')]);
  });

  test('names each assumption, which the page explains with its number', async () => {
    const page = readFileSync(join(ROOT, 'docs/scaling.md'), 'utf8');
    const { stdout } = await capacity('--help');
    const assumptions = [...stdout.matchAll(/^ {2}--(\w+) ([\d.]+) /gm)];
    expect(assumptions.length).toBeGreaterThan(15);
    const unexplained = assumptions.filter(
      ([, name, value]) => !new RegExp(`\\| \`${name}\` +\\| ${value} +\\|`).test(page),
    );
    expect(unexplained.map(([, name]) => name)).toEqual([]);
  });

  test('takes other assumptions, and refuses what is no number', async () => {
    const [more, refused] = await Promise.all([
      capacity('--users', '1000000', '--signInsPerUser', '10'),
      capacity('--users', 'many'),
    ]);
    expect(more.stdout).toMatch(/^\| hashing .*\n/m);
    expect(more.stdout).toMatch(/^\| 1,000,000 +\| /m);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--users is to be a number above 0, not many');
  });
});
