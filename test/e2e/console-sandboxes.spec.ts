import type { Duplex } from 'node:stream';
import type { Page } from 'playwright-core';
import { TestApp } from '../support/app.js';
import {
  barriers,
  ConsoleBrowser,
  describeWithChromium,
  openConsole,
  PHONE,
  picture,
  sideways,
} from '../support/chromium.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD } from '../support/factories/given.js';
import { ACCESS_KEY, logged, NEW_SESSION, numbered, opened, SECRET_KEY } from '../support/sandbox.js';

const MOST_ACTIVE = 5;

describeWithChromium('sandboxes in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  const sockets = new Set<Duplex>();
  openConsole(
    (opened) => {
      ({ app, browser } = opened);
      const server = app.cloudkeep.nest.getHttpServer();
      server.on('upgrade', (_, socket: Duplex) => sockets.add(socket));
    },
    () =>
      TestApp.start({
        env: { RATE_LIMIT_QUERY: '2/60', SANDBOX_MAX_ACTIVE_SESSIONS: String(MOST_ACTIVE) },
      }),
  );

  /** Somebody with a session open, looking at it. */
  async function watching(options = {}) {
    const user = await app.given.user({ role: 'user' });
    const client = app.as(await app.given.signIn(user));
    const id = await opened(client);
    const visit = await browser.signedInAs(user, `/sandboxes/${id}`, options);
    await live(visit.page);
    return Object.assign(visit, { client, id });
  }

  const live = (page: Page) => page.getByRole('status').getByText('live', { exact: true }).waitFor();
  const line = (page: Page, text: string) => page.getByRole('log').getByText(text, { exact: true });
  const seqsOn = async (page: Page) => (await page.locator('.log-seq').allInnerTexts()).map(Number);
  const seqsOf = async (client: ApiClient, id: string) =>
    (await client.get(`/sandbox/sessions/${id}/logs?limit=200`)).body.items.map(
      ({ seq }: { seq: number }) => seq,
    );
  const evaluate = (page: Page) => page.getByRole('button', { name: 'Evaluate', exact: true }).click();

  it('opens one, evaluates, follows the log over a lost connection, and ends it', async () => {
    const { page, context, faults, user } = await browser.signedIn('user', '/sandboxes');
    await page.getByRole('link', { name: 'Open a sandbox' }).first().click();
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.getByText('Enter the id of the machine.').waitFor();
    await page.getByLabel('Instance id').fill(NEW_SESSION.instance_id);
    await page.getByLabel('Instance type').fill(NEW_SESSION.instance_type);
    await page.getByLabel('Region').fill(NEW_SESSION.aws_region);
    await page.getByLabel('Availability zone').fill('us-east-1a');
    await page.getByLabel('Access key id').fill(ACCESS_KEY);
    await page.getByLabel('Secret access key').fill(SECRET_KEY);
    await page.keyboard.press('Enter');
    await page.getByText('It has to be a zone of the region').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Availability zone').fill(NEW_SESSION.availability_zone);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: NEW_SESSION.instance_id }).waitFor();
    await live(page);

    await page.getByLabel('Requirements of its own').check();
    await page.getByLabel('vCPUs').fill('0');
    await evaluate(page);
    await page.getByText('From 1 to 4096.').waitFor();
    await page.getByLabel('vCPUs').fill('2');
    await evaluate(page);
    const pools = page.getByRole('table', { name: 'Pools that were considered' });
    await pools.getByText('current').waitFor();
    expect(await pools.getByRole('row').count()).toBeGreaterThan(2);
    await page.getByRole('list', { name: 'Stages' }).getByText('yield ranking').waitFor();
    await page.reload();
    await pools.getByText('current').waitFor();
    await live(page);
    await page
      .getByRole('log')
      .getByText(/^Decided: /)
      .waitFor();
    await page.locator('.chart canvas').nth(1).waitFor();
    const drawing = await page.locator('.chart canvas').first().elementHandle();

    const id = page.url().split('/').at(-1) ?? '';
    const client = app.as(await app.given.signIn(user));
    for (const socket of sockets) socket.destroy();
    await logged(app, id, numbered(1, 40));
    await line(page, 'line 40').waitFor();
    await live(page);
    await logged(app, id, numbered(41, 42));
    await line(page, 'line 42').waitFor();
    expect(await seqsOn(page)).toEqual(await seqsOf(client, id));
    // Charts are drawn anew for new numbers, not for each line.
    expect(await drawing.isVisible()).toBe(true);

    await page.getByRole('button', { name: /^End the session/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End the session' }).click();
    await page.getByRole('heading', { name: 'This session is over' }).waitFor();
    await page.reload();
    await line(page, 'line 42').waitFor();
    await page.getByRole('table', { name: 'Actions' }).getByText('Decided').waitFor();
    expect(await seqsOn(page)).toEqual(await seqsOf(client, id));
    const [{ key }] = (await client.get('/sandbox/savings?group=day')).body.items;
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setTimezoneOverride', { timezoneId: 'America/New_York' });
    await page.goto(`${app.url}/console/sandboxes`);
    const byDay = page.getByRole('figure', { name: 'Saved an hour, by day' });
    await byDay.getByText('The numbers').click();
    expect(parseInt(await byDay.getByRole('rowheader').innerText(), 10)).toBe(Number(key.slice(-2)));
    expect(faults).toEqual([]);
  });

  it('goes on collecting while it is paused, and finds levels, stages and words', async () => {
    const { page, faults, client, id } = await watching();
    await logged(app, id, numbered(1, 3));
    await line(page, 'line 3').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await logged(app, id, numbered(4, 12));
    await page.getByRole('button', { name: 'Go on (9 more)' }).waitFor();
    expect(await line(page, 'line 12').count()).toBe(0);
    await page.getByRole('button', { name: 'Go on (9 more)' }).click();
    await line(page, 'line 12').waitFor();
    expect(await seqsOn(page)).toEqual(await seqsOf(client, id));
    await page.getByLabel('Words').fill('LINE 1');
    await page.getByText(/^Shows 4 of lines 1 to/).waitFor();
    await page.getByLabel('Level').selectOption('error');
    await page.getByText(/^Shows 0 of lines 1 to/).waitFor();
    await page.reload();
    await page.getByText(/^Shows 0 of lines 1 to/).waitFor();
    expect(await page.getByLabel('Words').inputValue()).toBe('LINE 1');
    expect(faults).toEqual([]);
  });

  it('holds so much of a long log, and loads what came earlier', async () => {
    const user = await app.given.user({ role: 'user' });
    const client = app.as(await app.given.signIn(user));
    const id = await opened(client);
    await logged(app, id, numbered(1, 1_500));
    const { page, faults } = await browser.signedInAs(user, `/sandboxes/${id}`);
    await line(page, 'line 1500').waitFor();
    const first = (await seqsOn(page)).at(0) ?? 0;
    expect(await seqsOn(page)).toHaveLength(1_000);
    await page.getByRole('button', { name: 'Load earlier' }).click();
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    const seqs = await seqsOn(page);
    expect(seqs).toEqual(Array.from({ length: 1_200 }, (_, index) => first - 200 + index));
    expect(faults).toEqual([]);
  });

  it('asks to sign in when the session is revoked while it is live, and goes on without gap', async () => {
    const { page, faults, user, id } = await watching();
    await logged(app, id, numbered(1, 2));
    await line(page, 'line 2').waitFor();
    const admin = await app.given.signedIn({ role: 'admin' });
    expect((await app.as(admin).post(`/users/${user.id}/revoke-sessions`)).status).toBeLessThan(300);
    await logged(app, id, numbered(3, 4));
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await line(page, 'line 4').waitFor();
    await live(page);
    expect(await seqsOn(page)).toEqual(await seqsOf(app.as(await app.given.signIn(user)), id));
    expect(faults).toEqual([]);
  });

  it('tells how long to wait after too many evaluations, and of too many sessions', async () => {
    const { page, client } = await watching();
    for (const more of [true, true, false]) {
      const answer = page.waitForResponse('**/evaluate');
      await evaluate(page);
      expect((await answer).status()).toBe(more ? 200 : 429);
      await page.getByRole('button', { name: 'Evaluate', exact: true, disabled: false }).waitFor();
    }
    await page
      .getByRole('alert')
      .getByText(/^Try again in \d+ s\.$/)
      .waitFor();

    for (let n = 1; n < MOST_ACTIVE; n++) await opened(client);
    await page.goto(`${app.url}/console/sandboxes/new`);
    await page.getByLabel('Instance id').fill(NEW_SESSION.instance_id);
    await page.getByLabel('Instance type').fill(NEW_SESSION.instance_type);
    await page.getByLabel('Region').fill(NEW_SESSION.aws_region);
    await page.getByLabel('Availability zone').fill(NEW_SESSION.availability_zone);
    await page.getByLabel('Access key id').fill('ASIAIOSFODNN7EXAMPLE');
    await page.getByLabel('Secret access key').fill(SECRET_KEY);
    await page.keyboard.press('Enter');
    await page.getByText('A temporary key needs its session token.').waitFor();
    await page.getByLabel('Session token').fill('x'.repeat(32));
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('A user may have 5 active sessions').waitFor();
    await page.getByRole('link', { name: 'Your active sandboxes' }).waitFor();
    expect(await page.getByLabel('Instance id').inputValue()).toBe(NEW_SESSION.instance_id);
  });

  it('lists by status with the time ticking, and lets operators end those of others', async () => {
    const owner = app.as(await app.given.signedIn({ role: 'user' }));
    const id = await opened(owner);
    const { page, faults } = await browser.signedIn('operator', '/sandboxes?all=true&status=active');
    const row = page.getByRole('row').filter({ hasText: 'm5.large' }).first();
    const before = await row.getByRole('timer').innerText();
    await eventually(async () => expect(await row.getByRole('timer').innerText()).not.toBe(before), {
      within: 5_000,
    });
    expect(await row.getByRole('link').count()).toBe(0);
    await row.getByRole('button', { name: /^End the session/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End the session' }).click();
    await page.getByText('The session has ended.').waitFor();
    expect((await owner.get(`/sandbox/sessions/${id}`)).body.end_reason).toBe('cancelled');
    await page.goBack();
    await page.goForward();
    expect(await page.getByLabel('Status').inputValue()).toBe('active');
    expect(faults).toEqual([]);
  });

  it('shows a viewer no button, and a guest no page', async () => {
    const viewer = await browser.signedIn('viewer', '/sandboxes');
    await viewer.page.getByRole('heading', { name: 'No sandboxes' }).waitFor();
    expect(await viewer.page.getByRole('link', { name: 'Open a sandbox' }).count()).toBe(0);
    await viewer.page.goto(`${app.url}/console/sandboxes/new`);
    await viewer.page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    const guest = await browser.signedIn('guest', '/sandboxes');
    await guest.page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    expect(await guest.page.getByRole('link', { name: 'Sandboxes' }).count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('has no barriers, wide or narrow, in the %s', async (colorScheme) => {
    const { page, faults } = await watching({ colorScheme });
    await evaluate(page);
    await page.getByRole('table', { name: 'Pools that were considered' }).waitFor();
    await page.locator('.chart canvas').nth(1).waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, `sandboxes-${colorScheme}`);
    await page.setViewportSize(PHONE);
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await page.goto(`${app.url}/console/sandboxes`);
    await page.getByRole('timer').waitFor();
    expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
  });
});
