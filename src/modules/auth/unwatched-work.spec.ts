import { Logger } from '@nestjs/common';
import { UnwatchedWork } from './unwatched-work.js';

beforeAll(() => Logger.overrideLogger(false));

it('begins after its caller has gone on, and is waited for at the end', async () => {
  const work = new UnwatchedWork();
  const done: string[] = [];
  work.begin('Something', async () => {
    done.push('begun');
    await Promise.resolve();
    done.push('done');
  });
  expect(done).toEqual([]);
  await work.beforeApplicationShutdown();
  expect(done).toEqual(['begun', 'done']);
});

it('goes on after a failure', async () => {
  const work = new UnwatchedWork();
  let isDone = false;
  work.begin('A failure', () => Promise.reject(new Error('no database')));
  work.begin('Something', () => {
    isDone = true;
    return Promise.resolve();
  });
  await work.idle();
  expect(isDone).toBe(true);
});

it('refuses more than may wait, whoever asks, and recovers', async () => {
  const work = new UnwatchedWork();
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const fill = () => {
    for (let i = 0; i < 2_000; i++) work.begin('Something', () => gate);
  };
  expect(fill).toThrow(expect.objectContaining({ status: 503 }));
  open();
  await work.idle();
  expect(() => work.begin('Something', () => gate)).not.toThrow();
});
