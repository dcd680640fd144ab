import { sourceFiles } from './source-tree.js';

/** The name a job is scheduled under, and the one it runs under, where it is told how it fared. */
const JOB =
  /@Cron\((?:[^()]*?name: '(?<scheduled>[^']+)')?[^]*?(?:\n {2}\}\n|singleRun\.run\('(?<run>[^']+)')/g;

describe('every scheduled job', () => {
  const jobs = sourceFiles('src').flatMap(({ path, tree }) =>
    [...tree.text.matchAll(JOB)].map(({ groups }) => ({ path, ...groups })),
  ) as { path: string; scheduled?: string; run?: string }[];

  it('runs once across replicas, under the name it is scheduled by', () => {
    expect(jobs.length).toBeGreaterThan(10);
    for (const { path, scheduled, run } of jobs)
      expect({ path, scheduled }).toEqual({ path, scheduled: run ?? 'a name, and SingleRun.run with it' });
  });

  it('of a certain hour has it in UTC, the same for all replicas', () => {
    const hours = sourceFiles('src').flatMap(({ path, text }) =>
      [...text.matchAll(/@Cron\((?:CronExpression\.EVERY_DAY_AT_\w+|'\S+ \S+ \d+ [^']*').*/g)].map(
        ([cron]) => `${path}: ${cron}`,
      ),
    );
    expect(hours.length).toBeGreaterThan(5);
    expect(hours.filter((cron) => !cron.includes("timeZone: 'UTC'"))).toEqual([]);
  });

  it('has a name of its own', () => {
    const names = jobs.map(({ run }) => run);
    expect(names).toEqual([...new Set(names)]);
  });
});
