import { OneTimeTokens } from '../../src/common/one-time-tokens/one-time-tokens.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { TestApp } from '../support/app.js';

let app: TestApp;
let tokens: OneTimeTokens;
beforeAll(async () => {
  app = await TestApp.start();
  tokens = app.cloudkeep.nest.get(OneTimeTokens);
});
afterAll(() => app.stop());

const issue = (more: object = {}) =>
  tokens.issue({ purpose: 'greet', subject: 'user:1', organizationId: null, seconds: 60, ...more });

it('opens once what it was made for, with what was kept in it', async () => {
  const secret = await issue({ data: { name: 'Ada' } });
  expect(await tokens.look('greet', secret)).toEqual({ subject: 'user:1', data: { name: 'Ada' } });
  expect(await tokens.redeem('part', secret)).toBeNull();
  expect(await tokens.redeem('greet', `${secret}x`)).toBeNull();
  expect(await tokens.redeem('greet', secret)).toEqual({ subject: 'user:1', data: { name: 'Ada' } });
  expect(await tokens.redeem('greet', secret)).toBeNull();
});

it('sent twenty times at once opens once', async () => {
  const secret = await issue();
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => tokens.redeem('greet', secret)));
  expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(1);
});

it('is used up with the change it allows, and not without', async () => {
  const secret = await issue();
  const unitOfWork = app.cloudkeep.nest.get(UnitOfWork);
  const failing = unitOfWork.run(async () => {
    expect(await tokens.redeem('greet', secret)).not.toBeNull();
    throw new Error('the change failed');
  });
  await expect(failing).rejects.toThrow('the change failed');
  expect(await tokens.redeem('greet', secret)).not.toBeNull();
});

it('ends in time, or with all others of its subject', async () => {
  const [late, revoked, kept] = [
    await issue({ seconds: 5 }),
    await issue(),
    await issue({ subject: 'user:2' }),
  ];
  app.clock.advance(5);
  expect(await tokens.redeem('greet', late)).toBeNull();
  await tokens.purge();
  const over = 'SELECT FROM one_time_tokens WHERE expires_at <= $1';
  expect(await app.database.query(over, [app.clock.now()])).toEqual([]);
  await tokens.revokeAll('greet', 'user:1');
  expect(await tokens.redeem('greet', revoked)).toBeNull();
  expect(await tokens.redeem('greet', kept)).not.toBeNull();
});

it('lies in the database as a digest, with sealed contents', async () => {
  const secret = await issue({ data: { name: 'a-name-to-look-for' } });
  const [row] = await app.database.query<{ text: string }>(
    `SELECT encode(sealed_data, 'escape') || encode(digest, 'escape') || t::text AS text FROM one_time_tokens t`,
  );
  expect(row?.text).not.toContain(secret);
  expect(row?.text).not.toContain('a-name-to-look-for');
});
