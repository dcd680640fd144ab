import { TestApp } from '../support/app.js';
import {
  barriers,
  ConsoleBrowser,
  describeWithChromium,
  PHONE,
  picture,
  sideways,
} from '../support/chromium.js';
import { PASSWORD } from '../support/factories/given.js';

describeWithChromium('signing in to the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  beforeAll(async () => {
    app = await TestApp.start();
    browser = await ConsoleBrowser.open(app);
  });
  afterAll(async () => {
    await browser.close();
    await app.stop();
  });

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

  it.each(['light', 'dark'] as const)('is readable and without barriers in the %s', async (colorScheme) => {
    const { page, faults } = await browser.visit('/sign-in', { colorScheme, viewport: PHONE });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
    await picture(page, `sign-in-${colorScheme}`);
  });
});
