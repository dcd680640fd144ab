import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import { ClsService } from 'nestjs-cls';
import { UnitOfWork } from './unit-of-work.js';

const host = { tx: {}, isTransactionActive: () => isOpen, withTransaction };
let isOpen = false;
async function withTransaction<T>(work: () => Promise<T>): Promise<T> {
  isOpen = true;
  return work().finally(() => (isOpen = false));
}

it('what has committed is done, and what follows goes on, though a part of that fails', async () => {
  const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  const unitOfWork = new UnitOfWork(host as never, new ClsService(new AsyncLocalStorage()), {
    current: null,
  } as never);
  const followed: string[] = [];
  const outcome = await unitOfWork.run(async () => {
    await unitOfWork.afterCommit(() => Promise.reject(new Error('the store is away')));
    await unitOfWork.afterCommit(() => void followed.push('the rest'));
    expect(followed).toEqual([]);
    return 'kept';
  });
  expect([outcome, followed]).toEqual(['kept', ['the rest']]);
  expect(logged.mock.calls).toEqual([[expect.stringContaining('the store is away'), expect.any(String)]]);
  logged.mockRestore();
});
