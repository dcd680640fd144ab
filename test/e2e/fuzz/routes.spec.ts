import { TestApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { CLIENT } from '../../support/oidc-issuer.js';
import { withFakeBackups } from '../../support/fake-backups.js';
import { Campaign } from '../../support/fuzz/campaign.js';
import { corpus, keep } from '../../support/fuzz/corpus.js';

/** `npm run fuzz -- --minutes 10` sets them, the seed to another each time; the suite has less time and asks the same. */
const { FUZZ_SECONDS, FUZZ_SEED } = process.env;
const seconds = Number(FUZZ_SECONDS ?? 10);
const seed = Number(FUZZ_SEED ?? 7);

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({
    env: {
      TENANCY: 'multi',
      PUBLIC_URL: 'https://cloud.example.com',
      OAUTH_REDIRECT_URIS: 'https://app.example.com/signed-in',
      GITHUB_CLIENT_ID: CLIENT.id,
      GITHUB_CLIENT_SECRET: CLIENT.secret,
      MAX_UPLOAD_BYTES: '1000000',
      STORAGE_QUOTA_BYTES: '0',
    },
  });
  withFakeBackups(app);
});
afterAll(() => app.stop());

/** What has to hold after anything whatever was asked. */
async function expectSound(campaign: Campaign): Promise<void> {
  expect(campaign.unhandled).toEqual([]);
  expect((await app.anyone.get('//health/ready')).status).toBe(200);
  expect((await app.anyone.get('//health')).body).toMatchObject({ status: 'healthy' });
  expect([Object.keys(Object.prototype), Object.keys(Array.prototype)]).toEqual([[], []]);
  // Of those that are under way one may be between two statements; one that is stuck stays so.
  const stuck = () =>
    app.database.query(
      `SELECT query FROM pg_stat_activity WHERE datname = $1 AND state LIKE 'idle in transaction%'`,
      [app.database.name],
    );
  await eventually(async () => expect(await stuck()).toEqual([]), { within: 10_000 });
}

describe('every route', () => {
  it('answers what once went wrong as it should', async () => {
    const campaign = new Campaign(app);
    const wrong: string[] = [];
    await campaign.watched(async () => {
      for (const [name, { case: one }] of corpus())
        await campaign.attempt(one).catch((error: unknown) => wrong.push(`${name}: ${String(error)}`));
    });
    expect([...wrong, ...campaign.tally.unmade.keys()]).toEqual([]);
    await expectSound(campaign);
  });

  it(
    'answers whatever it is asked as its description says',
    async () => {
      const campaign = new Campaign(app);
      await campaign.run({ seed, seconds });
      const { tally } = campaign;
      const report = tally.report(seed);
      if (FUZZ_SECONDS !== undefined) process.stdout.write(`${report}\n`);
      if (tally.findings.length > 0) throw new Error(`${tally.findings.map(keep).join(', ')}\n${report}`);
      await expectSound(campaign);
      expect(tally.requests).toBeGreaterThan(0);
    },
    (seconds + 120) * 1000,
  );
});
