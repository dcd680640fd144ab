import { TestApp } from '../support/app.js';
import { barriers, ConsoleBrowser, describeWithChromium, openConsole } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';

const USERS = '**/api/v1/users?**';

describeWithChromium('the console where the server does not answer as it should', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole((opened) => ({ app, browser } = opened));

  const hasHealth = (expected: number) =>
    eventually(async () => expect((await app.anyone.get('//health')).status).toBe(expected), {
      within: 20_000,
    });

  it('says that the server is away, and goes on once it is back', async () => {
    const someone = await app.given.user();
    const { page } = await browser.signedIn('admin', '/');
    await page.getByRole('heading', { name: 'Storage' }).waitFor();
    await page.route(USERS, (route) => route.abort('connectionrefused'));
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.unroute(USERS);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: someone.username }).waitFor();
  });

  it('tells that the database is away where it tells how all fares', async () => {
    const { page } = await browser.signedIn('admin', '/profile');
    await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
    await app.database.query(`ALTER DATABASE ${app.database.name} CONNECTION LIMIT 0`);
    try {
      await app.database.cutConnections('cloudkeep');
      await hasHealth(503);
      await page.getByRole('link', { name: 'Overview' }).click();
      const database = page.locator('.stat', { has: page.getByText('Database', { exact: true }) });
      await database.getByText('unhealthy', { exact: true }).waitFor();
    } finally {
      await app.database.query(`ALTER DATABASE ${app.database.name} CONNECTION LIMIT -1`);
    }
    await hasHealth(200);
  });

  it('says that an answer takes long, and waits for none without end', async () => {
    const { page, context } = await browser.signedIn('admin', '/');
    await page.getByRole('heading', { name: 'Storage' }).waitFor();
    await page.route(USERS, () => undefined);
    await context.clock.install();
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByText('Loading…').waitFor();
    await context.clock.fastForward(6_000);
    await page.getByText('This takes longer than usual…').waitFor();
    await context.clock.fastForward(60_000);
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
  });

  it('repeats what the server says of a refusal, with the request id, and counts a wait down', async () => {
    const { page, faults } = await browser.signedIn('admin', '/');
    await page.getByRole('heading', { name: 'Storage' }).waitFor();
    const problem = {
      title: 'Too many requests',
      status: 429,
      detail: 'Too many calls.',
      code: 'rate_limited',
    };
    await page.route(USERS, (route) =>
      route.fulfill({
        status: 429,
        headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '2' },
        body: JSON.stringify({ type: 'about:blank', ...problem, request_id: 'the-id-to-quote' }),
      }),
    );
    await page.getByRole('link', { name: 'People' }).click();
    // The wait is over in two seconds.
    await page.getByRole('button', { name: /Try again in \d s/ }).waitFor();
    await page.getByText('the-id-to-quote').waitFor();
    await page.unroute(USERS);
    await page.getByRole('button', { name: 'Try again', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });
});
