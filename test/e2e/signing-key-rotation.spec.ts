import { headerOf } from '../../attack/jwt.js';
import { TestApp } from '../support/app.js';
import { runCli } from '../support/cli-process.js';
import { eventually } from '../support/eventually.js';

const SECRETS = Object.fromEntries(
  ['SECRET_KEY', 'JWT_SECRET_KEY', 'ENCRYPTION_KEY'].map((name) => [
    name,
    `${name} of a test that is long enough`,
  ]),
);
const SETTINGS = { ...SECRETS, JWT_ALGORITHM: 'EdDSA' };
const WITHIN = { within: 2_000 };

let one: TestApp;
let two: TestApp;
beforeAll(async () => {
  one = await TestApp.start({ env: SETTINGS });
  two = await TestApp.start({ env: SETTINGS, replicaOf: one });
});
afterAll(async () => {
  await two.stop();
  await one.stop();
});

const rotate = (...args: string[]) =>
  runCli(['keys:rotate', ...args], { ...SETTINGS, DATABASE_URL: one.database.url });

async function published(app: TestApp): Promise<string[]> {
  const { body } = await app.anyone.get('//.well-known/jwks.json');
  return (body.keys as { kid: string }[]).map(({ kid }) => kid);
}

const signerOf = (token: string) => headerOf(token).kid;
const statusOn = async (app: TestApp, token: string) => (await app.as(token).get('/auth/profile')).status;

it('a rotated key signs on every replica after a while, and nobody is signed out', async () => {
  const [first = ''] = await published(one);
  const before = await one.given.signedIn();
  expect(signerOf(before.token)).toBe(first);
  const { code, out } = await rotate();
  expect([code, out]).toEqual([0, expect.stringMatching(/^The new EdDSA key \S+ is published/)]);
  const made = /key (\S+) is/.exec(out)?.[1] ?? '';

  // Known everywhere before it signs anywhere.
  for (const app of [one, two]) {
    await eventually(async () => expect(await published(app)).toEqual([made, first]), WITHIN);
    expect(signerOf((await app.given.signedIn()).token)).toBe(first);
  }
  one.clock.advance(31);
  for (const app of [one, two]) {
    const after = await app.given.signedIn();
    expect(signerOf(after.token)).toBe(made);
    for (const other of [one, two]) expect(await statusOn(other, after.token)).toBe(200);
    expect(await statusOn(app, before.token)).toBe(200);
  }

  // Until the last token of the old one has expired.
  one.clock.advance(30 * 60 - 1);
  expect(await published(two)).toEqual([made, first]);
  one.clock.advance(91);
  for (const app of [one, two]) expect(await published(app)).toEqual([made]);
});

it('tokens of a key that somebody knows are refused at once; sessions go on', async () => {
  const user = await one.given.signedIn();
  expect([await statusOn(one, user.token), await statusOn(two, user.token)]).toEqual([200, 200]);
  expect(await rotate('--at-once')).toMatchObject({ code: 0 });
  for (const app of [one, two]) {
    await eventually(async () => expect(await statusOn(app, user.token)).toBe(401), WITHIN);
    expect(await published(app)).toHaveLength(1);
  }
  const renewed = await two.anyone.post('/auth/refresh', { refresh_token: user.refreshToken });
  expect(await statusOn(one, renewed.body.access_token as string)).toBe(200);
});

it('where the key is a setting the command says what to do', async () => {
  const env = { ...SECRETS, DATABASE_URL: one.database.url };
  expect(await runCli(['keys:rotate'], env)).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/JWT_ALGORITHM is HS256.+JWT_SECRET_KEY.+EdDSA/) as string,
  });
});
