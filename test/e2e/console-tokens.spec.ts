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

const ELEVEN_MINUTES = 11 * 60;

describeWithChromium('tokens and keys in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole((opened) => ({ app, browser } = opened));

  it('makes a token after a fresh proof, shows it once, and revokes it', async () => {
    const { page, faults } = await browser.signedIn('user', '/tokens');
    await page.getByRole('button', { name: 'New token' }).click();
    const form = page.getByRole('dialog', { name: 'New token' });
    await form.getByLabel('Name').fill('Deploy');
    await form.getByRole('button', { name: 'Make the token' }).click();
    await form.getByText('Tick at least one.').waitFor();
    // A user holds neither of these, so can not give them away.
    expect(await form.getByText('users:read').count()).toBe(0);
    await form.getByLabel('see and download').check();
    expect(await barriers(page)).toEqual([]);
    app.clock.advance(ELEVEN_MINUTES);
    await form.getByRole('button', { name: 'Make the token' }).click();
    const proof = page.getByRole('dialog', { name: 'Prove that it is you' });
    await proof.getByLabel('Your password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    const shown = page.getByRole('dialog', { name: 'Your new token' });
    const token = await shown.locator('.secret code').innerText();
    expect(await barriers(page)).toEqual([]);
    // As on a page served by plain http.
    await page.evaluate('delete Navigator.prototype.clipboard');
    await shown.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('does not let the page copy').waitFor();
    await shown.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('cell', { name: /^Deploy/ }).waitFor();
    expect(await page.content()).not.toContain(token);

    const as = app.as(token);
    expect([(await as.get('/files')).status, (await as.get('/auth/profile')).status]).toEqual([200, 403]);
    await page.getByRole('button', { name: 'Revoke Deploy' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('heading', { name: 'No tokens' }).waitFor();
    expect([(await as.get('/files')).status, faults]).toEqual([401, []]);
  });

  it('makes, changes, rotates and revokes a service key', async () => {
    const { page, faults } = await browser.signedIn('operator', '/service-keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('Mailer');
    await page.getByLabel('see and download').check();
    await page.getByLabel('Ends').selectOption('In a week');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const old = await page.locator('.secret code').innerText();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByText('expires soon').waitFor();

    const actions = page.getByRole('button', { name: 'Actions for Mailer' });
    await actions.click();
    await page.getByRole('button', { name: 'Edit' }).click();
    expect(await page.getByLabel('see and download').isChecked()).toBe(true);
    await page.getByLabel('Only from').fill('127.0.0.1\nnowhere');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').locator('.error, [role=alert]').first().waitFor();
    await page.getByLabel('Only from').fill('127.0.0.1\n10.0.0.0/8');
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByRole('cell', { name: '127.0.0.1/32, 10.0.0.0/8' })
      .or(page.getByText('127.0.0.1, 10.0.0.0/8'))
      .waitFor();

    await actions.click();
    await page.getByRole('button', { name: 'Rotate' }).click();
    await page.getByLabel('The old secret ends').selectOption('In a day');
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    const fresh = await page.locator('.secret code').innerText();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByText('old secret ends').waitFor();
    const used = async () => [
      (await app.as(old).get('/files')).status,
      (await app.as(fresh).get('/files')).status,
    ];
    expect([fresh === old, await used()]).toEqual([false, [200, 200]]);

    await actions.click();
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('heading', { name: 'No service keys' }).waitFor();
    expect([await used(), faults]).toEqual([[401, 401], []]);
  });

  it('leaves out what a role may not see, and keys that may more than oneself', async () => {
    const viewer = await browser.signedIn('viewer', '/tokens');
    await viewer.page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    expect(await viewer.page.getByRole('link', { name: /tokens|keys/i }).count()).toBe(0);
    await app.given.apiKey(await app.given.signedIn({ role: 'admin' }), ['users:manage']);
    const { page, faults } = await browser.signedIn('operator', '/service-keys');
    await page.getByRole('button', { name: 'Actions for A service' }).click();
    expect(await page.locator('.menu:popover-open').getByRole('button').allInnerTexts()).toEqual(['Revoke']);
    expect([...faults, ...viewer.faults]).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no barriers, wide or narrow, in the %s', async (colorScheme) => {
    const user = await app.given.signedIn({ role: 'admin' });
    await app.given.personalToken(user, ['files:read', 'files:write']);
    await app.given.apiKey(user, ['files:read']);
    const { page, faults } = await browser.signedInAs(user, '/service-keys', { colorScheme });
    await page.getByText('A service').first().waitFor();
    await picture(page, `service-keys-${colorScheme}`);
    await page.goto(`${app.url}/console/tokens`);
    await page.getByRole('cell', { name: /^A script/ }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, `tokens-${colorScheme}`);
    await page.getByRole('button', { name: 'New token' }).click();
    await page.setViewportSize(PHONE);
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await page.goto(`${app.url}/console/service-keys`);
    await page.getByText('A service').first().waitFor();
    expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
  });
});
