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

const OWN_PASSWORD = 'quartz meadow 19 lantern';

describeWithChromium('the overview in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole(
    (opened) => ({ app, browser } = opened),
    () => TestApp.start({ env: { ADMIN_EMAIL: '', ADMIN_PASSWORD: '' } }),
  );

  it('leads the first administrator to an account of their own, and closes the first one', async () => {
    const password = app.cloudkeep.firstAdmin?.generatedPassword ?? '';
    const { page, faults } = await browser.visit('/');
    await page.getByLabel('E-mail or username').fill('admin@localhost');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Welcome to Cloudkeep' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('New password', { exact: true }).fill(OWN_PASSWORD);
    await page.getByRole('button', { name: 'Take over' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByRole('button', { name: 'Account of ada' }).waitFor();
    expect(faults).toEqual([]);
    const first = { email: 'admin@localhost', password };
    expect((await app.anyone.post('/auth/login', first)).body.code).toBe('account_inactive');
  });

  it('draws what really happened, for those who may see it', async () => {
    const { page, faults } = await browser.signedIn('admin', '/');
    await page.getByText('Database', { exact: true }).waitFor();
    for (const name of ['Sign-ins and refusals a day', 'Requests and errors a minute']) {
      const chart = page.getByRole('figure', { name });
      await chart.locator('canvas').waitFor();
      await chart.getByText('The numbers').click();
      // Of the newest minute, or day, there may be nothing yet.
      const counts = await chart.locator('tbody td:first-of-type').allInnerTexts();
      expect(counts).toContainEqual(expect.stringMatching(/^[1-9]/));
    }
    expect([await barriers(page), faults]).toEqual([[], []]);
  });

  it('leaves out what a role may not see', async () => {
    const { page, faults } = await browser.signedIn('user', '/');
    await page.getByRole('heading', { name: 'Storage' }).waitFor();
    for (const name of ['Sign-ins and refusals', 'Requests and errors'])
      expect(await page.getByRole('heading', { name }).count()).toBe(0);
    await page.goto(`${app.url}/console/welcome`);
    await page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    expect(faults).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('can be read on a phone in the %s', async (colorScheme) => {
    const { page, faults } = await browser.signedIn('admin', '/', { colorScheme });
    await page.locator('.chart canvas').nth(1).waitFor();
    await picture(page, `overview-${colorScheme}`);
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Navigation' }).click();
    await page.getByRole('link', { name: 'Profile' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect([await sideways(page), faults]).toEqual([0, []]);
    await picture(page, `overview-phone-${colorScheme}`);
  });

  it('offers the way past the navigation, and tells of an address that leads nowhere', async () => {
    const { page } = await browser.signedIn('user', '/no/such/page');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  });
});
