import { EventEmitter } from 'node:events';
import { JobLocks } from './job-locks.js';

it('a job is done, though its lock is lost as it is given back; its connection is not used again', async () => {
  const released: unknown[] = [];
  const client = Object.assign(new EventEmitter(), {
    query: (text: string) =>
      text.includes('unlock')
        ? Promise.reject(new Error('Connection terminated'))
        : Promise.resolve({ rows: [{ done: true }] }),
    release: (isBroken: boolean) => released.push(isBroken),
  });
  const locks = new JobLocks({ connect: () => Promise.resolve(client) } as never);
  expect(await locks.hold('tidy', () => Promise.resolve('tidied'))).toBe('tidied');
  expect(released).toEqual([true]);
});
