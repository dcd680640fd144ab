import { isRolledBack } from './rolled-back.js';
import { FileErrors } from './files.errors.js';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

it('knows what came to nothing: refusals, and what the database says it did not do', () => {
  expect(isRolledBack(FileErrors.notFound('x'))).toBe(true);
  for (const code of ['23505', '40001', '40P01', '53100', 'P0001', 'XX000'])
    expect([code, isRolledBack(withCode(code))]).toEqual([code, true]);
});

it('is not certain where the connection broke: the row may be there', () => {
  for (const code of ['08006', '57P01', '58030', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
    expect([code, isRolledBack(withCode(code))]).toEqual([code, false]);
  for (const error of [new Error('Connection terminated unexpectedly'), null, undefined, 'x'])
    expect(isRolledBack(error)).toBe(false);
});
