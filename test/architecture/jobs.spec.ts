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

  it('has a name of its own', () => {
    const names = jobs.map(({ run }) => run);
    expect(names).toEqual([...new Set(names)]);
  });
});
