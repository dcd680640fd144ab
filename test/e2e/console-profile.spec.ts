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
import { PASSWORD } from '../support/factories/given.js';
import { freePort } from '../support/free-port.js';
import { AuthenticatorApp } from '../support/second-factors.js';

const NEW_PASSWORD = 'quartz meadow 19 lantern';
const ELEVEN_MINUTES = 11 * 60;

describeWithChromium('the profile in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole(
    (opened) => ({ app, browser } = opened),
    // Passkeys are for one origin, which has to be known from the start.
    async () => TestApp.start({ env: { PORT: String(await freePort()) } }),
  );

  it('changes the password after a fresh proof, and goes on with what was typed', async () => {
    const { page, faults, user } = await browser.signedIn('user', '/profile');
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    app.clock.advance(ELEVEN_MINUTES);
    await page.getByRole('button', { name: 'Change the password' }).click();
    const dialog = page.getByRole('dialog', { name: 'Prove that it is you' });
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Your password is changed.').waitFor();
    const again = { email: user.email, password: NEW_PASSWORD };
    expect((await app.anyone.post('/auth/login', again)).status).toBe(200);
    expect(faults).toEqual([]);
  });

  it('sets an authenticator app up, shows the recovery codes once, and removes it', async () => {
    const { page, faults } = await browser.signedIn('user', '/profile');
    await page.getByRole('button', { name: 'Set up an app' }).click();
    const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' });
    await dialog.getByRole('img', { name: 'QR code' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    const phone = new AuthenticatorApp(app, await dialog.locator('code').innerText());
    await dialog.getByLabel('Code', { exact: true }).fill(phone.wrongCode());
    await page.keyboard.press('Enter');
    await dialog.locator('.error, [role=alert]').waitFor();
    await dialog.getByLabel('Code', { exact: true }).fill(phone.code());
    await page.keyboard.press('Enter');
    const codes = page.getByRole('dialog', { name: 'Your recovery codes' });
    expect((await codes.locator('code').innerText()).trim().split('\n')).toHaveLength(10);
    await codes.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('10 recovery codes left').waitFor();

    await page.getByRole('button', { name: 'Remove the app' }).click();
    await page.getByLabel('Code', { exact: true }).fill(phone.nextCode());
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the app' }).click();
    await page.getByText('The authenticator app is removed.').waitFor();
    expect(faults).toEqual([]);
  });

  it('ends a session elsewhere', async () => {
    const { page, faults, user } = await browser.signedIn('user', '/profile');
    const elsewhere = await app.given.signIn(user);
    await page.reload();
    await page.getByRole('button', { name: 'Sign out there' }).click();
    await page.getByText('The session has ended.').waitFor();
    expect((await app.as(elsewhere).get('/auth/profile')).status).toBe(401);
    expect(faults).toEqual([]);
  });

  it('keeps the choice of colours for other browsers', async () => {
    const light = { colorScheme: 'light' } as const;
    const { page, user, faults } = await browser.signedIn('user', '/profile', light);
    const saved = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.ok());
    await page.getByLabel('Colours').selectOption('dark');
    await saved;
    const other = await browser.signedInAs(user, '/', light);
    await other.page.locator('html[data-theme=dark]').waitFor();
    expect([...faults, ...other.faults]).toEqual([]);
  });

  it('makes a passkey, signs in with it, and removes it after asking', async () => {
    const address = app.url.replace('127.0.0.1', 'localhost');
    const { page, context, faults, user } = await browser.signedIn('user', '/sign-in');
    const devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
    // Passkeys belong to a host name, which an address is not.
    await page.goto(`${address}/console/sign-in?next=%2Fprofile`);
    await page.getByLabel('E-mail or username').fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Name', { exact: true }).fill('This laptop');
    await page.evaluate(`navigator.credentials.create = () => {
      delete navigator.credentials.create;
      return Promise.reject(new DOMException('The person closed the dialog.', 'NotAllowedError'));
    }`);
    const asked = page.waitForResponse('**/passkeys/options');
    await page.keyboard.press('Enter');
    await asked;
    await page.locator('dialog [type=submit]:not([aria-busy])').waitFor();
    expect(await page.getByRole('dialog').getByRole('alert').count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('This laptop', { exact: true }).waitFor();

    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('button', { name: 'Remove This laptop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('You have none yet').waitFor();
    expect(faults).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no barriers, wide or narrow, in the %s', async (colorScheme) => {
    const { page, faults } = await browser.signedIn('admin', '/profile', { colorScheme });
    await page.getByText('Sign out everywhere').waitFor();
    await page.getByText('this one', { exact: true }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, `profile-${colorScheme}`);
    await page.setViewportSize(PHONE);
    expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
  });

  it('shows a guest no button that would be refused', async () => {
    const { page } = await browser.signedIn('guest', '/profile');
    await page.getByText('this one', { exact: true }).waitFor();
    // Anybody may ask for that.
    expect(await page.locator('main').getByRole('button').allInnerTexts()).toEqual(['Send a link']);
  });
});
