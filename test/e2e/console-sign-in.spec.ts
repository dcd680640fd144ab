import type { Route } from 'playwright-core';
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
import { eventually } from '../support/eventually.js';
import { givenProtected } from '../support/second-factors.js';
import { PASSWORD } from '../support/factories/given.js';

describeWithChromium('signing in to the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole((opened) => ({ app, browser } = opened));

  it('takes the keyboard alone, and leads back to the page that was wanted', async () => {
    const user = await app.given.user();
    const { page, faults } = await browser.visit('/profile');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type(user.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/console/profile');
    expect(faults).toEqual([]);
  });

  it('tells a wrong password in the server’s words, and keeps what was typed', async () => {
    const { page, faults } = await browser.visit('/sign-in');
    await page.getByLabel('E-mail or username').fill('nobody@example.com');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').waitFor();
    const refused = await app.anyone.post('/auth/login', { email: 'nobody@example.com', password: 'x' });
    expect(await page.getByRole('alert').innerText()).toContain(refused.body.detail);
    expect(await page.getByLabel('E-mail or username').inputValue()).toBe('nobody@example.com');
    expect(faults).toEqual([]);
  });

  it('asks for the second factor, and takes a recovery code', async () => {
    const { user, recoveryCodes } = await givenProtected(app);
    const { page, faults } = await browser.visit('/sign-in');
    await page.getByLabel('E-mail or username').fill(user.username);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel('Code').fill(recoveryCodes[0] ?? '');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('keeps what was typed when the session ends at work, and sends it after signing in again', async () => {
    const { page, faults, user } = await browser.signedIn('user', '/profile');
    await page.getByLabel('Full name').fill('Ada Lovelace');
    const admin = await app.given.signedIn({ role: 'admin' });
    expect((await app.as(admin).post(`/users/${user.id}/revoke-sessions`)).status).toBeLessThan(300);
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Your name is saved.').waitFor();
    expect(await page.getByLabel('Full name').inputValue()).toBe('Ada Lovelace');
    const stored = await app.database.query('SELECT full_name FROM users WHERE id = $1', [user.id]);
    expect(stored).toEqual([{ full_name: 'Ada Lovelace' }]);
    expect(faults).toEqual([]);
  });

  it('shows the next person nothing of the last, whether they sign in here or in another tab', async () => {
    const [ada, eve] = [await app.given.signedIn(), await app.given.user()];
    await app.given.personalToken(ada, ['files:read']);
    const { page, context } = await browser.signedInAs(ada, '/tokens');
    const script = page.getByRole('cell', { name: /^A script/ });
    await script.waitFor();
    await context.clock.install();
    const comeBack = async () => {
      await context.clock.fastForward(60_000);
      await page.evaluate('window.dispatchEvent(new Event("visibilitychange"))');
    };
    await app.as(ada).post('/auth/logout/all');
    await comeBack();
    await page.getByRole('dialog', { name: 'Sign in again' }).getByRole('button', { name: 'Close' }).click();
    await page.getByLabel('E-mail or username').fill(eve.email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    const held = new Promise<Route>((resolve) => void page.route('**/auth/tokens?**', resolve, { times: 1 }));
    await page.keyboard.press('Enter');
    const list = await held;
    await page.getByText('Loading…').waitFor();
    expect(await script.count()).toBe(0);
    await list.continue();
    await page.getByRole('heading', { name: 'No tokens' }).waitFor();

    const data = { email: ada.email, password: PASSWORD };
    await context.request.post(`${app.url}/api/v1/auth/login?session=cookie`, { data });
    await comeBack();
    await page.getByRole('button', { name: `Account of ${ada.username}` }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/console\/?$/);
  });

  it('leads nobody elsewhere once they are signed in', async () => {
    const { page } = await browser.signedIn('user', '/sign-in?next=%2F%2Fevil.example');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(page.url()).toBe(`${app.url}/console`);
  });

  it('tells how long to wait, and counts it down', async () => {
    const { page } = await browser.visit('/sign-in');
    const problem = { status: 429, code: 'rate_limited', title: 'Too many requests', detail: 'Wait.' };
    await page.route('**/auth/login?*', (route) =>
      route.fulfill({ status: 429, headers: { 'retry-after': '30' }, json: problem }),
    );
    await page.getByLabel('E-mail or username').fill('ada');
    await page.getByLabel('Password', { exact: true }).fill('whatever it is');
    await page.keyboard.press('Enter');
    const told = page.getByRole('alert').getByText(/^Try again in \d+ s\.$/);
    const seconds = async () => Number(/\d+/.exec(await told.innerText())?.[0]);
    const first = await seconds();
    expect(first).toBeLessThanOrEqual(30);
    expect(first).toBeGreaterThan(20);
    await eventually(async () => expect(await seconds()).toBeLessThan(first), { within: 10_000 });
  });

  it.each(['light', 'dark'] as const)('is readable and without barriers in the %s', async (colorScheme) => {
    const { page, faults } = await browser.visit('/sign-in', { colorScheme, viewport: PHONE });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
    await picture(page, `sign-in-${colorScheme}`);
  });
});
