import type { TestApp } from '../support/app.js';
import {
  barriers,
  ConsoleBrowser,
  describeWithChromium,
  openConsole,
  PHONE,
  sideways,
} from '../support/chromium.js';
import { Mailbox } from '../support/mailbox.js';

const NEW_PASSWORD = 'quartz meadow 19 lantern';

describeWithChromium('getting into the console by mail', () => {
  let mailbox: Mailbox;
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole(
    (opened) => ({ app, browser } = opened),
    async () => {
      mailbox = await Mailbox.open();
      return mailbox.startApp();
    },
    () => mailbox.close(),
  );

  it('a forgotten password: asks, opens the link of the mail, chooses another, signs in with it', async () => {
    const ada = await app.given.user();
    const { page, faults } = await browser.visit('/forgot-password', { viewport: PHONE });
    await page.getByLabel('E-mail').fill(ada.email);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    const token = await mailbox.lastToken(ada.email, 'reset-password');

    await page.goto(`${app.url}/console/reset-password#token=${token}`);
    await page.getByLabel('New password', { exact: true }).fill('password');
    await page.keyboard.press('Enter');
    await page.getByText(/./).and(page.locator('.error, [role=alert]')).first().waitFor();
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Sign in' }).click();

    await page.getByLabel('E-mail or username').fill(ada.email);
    await page.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('an address: is verified by a click, and a spent link offers another', async () => {
    const email = 'grace@example.com';
    const person = { email, username: 'grace', password: NEW_PASSWORD };
    expect((await app.anyone.post('/auth/register', person)).status).toBe(201);
    const token = await mailbox.lastToken(email, 'verify-email');
    const { page, faults } = await browser.visit(`/verify-email#token=${token}`);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: 'Your address is verified' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('alert').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send another link' }).click();
    await page.getByText('another link is on its way').waitFor();
    expect(faults).toEqual([]);
  });

  it('an invitation: makes the account and signs in', async () => {
    const email = 'invited@example.com';
    const admin = await app.given.signedIn({ role: 'admin' });
    const sent = await app.as(admin).post('/organizations/invitations', { email, role: 'operator' });
    expect(sent.status).toBe(201);
    const token = await mailbox.lastToken(email, 'accept-invitation');
    const { page, faults } = await browser.visit(`/accept-invitation#token=${token}`);
    await page.getByLabel('Username').fill('a b');
    await page.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('.error').waitFor();
    await page.getByLabel('Username').fill('invited');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByRole('button', { name: 'Account of invited' }).waitFor();
    expect(faults).toEqual([]);
  });

  it.each(['/reset-password', '/accept-invitation', '/signed-in?error=access_denied', '/verify-email'])(
    '%s without what it is about says what to do',
    async (path) => {
      const { page, faults } = await browser.visit(path, { viewport: PHONE });
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
    },
  );
});
