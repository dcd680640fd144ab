import { TestApp } from '../support/app.js';
import { ConsoleBrowser, describeWithChromium, openConsole } from '../support/chromium.js';
import { somebody } from '../support/elsewhere.js';
import { freePort } from '../support/free-port.js';
import { CLIENT, OidcIssuer } from '../support/oidc-issuer.js';

describeWithChromium('signing in with others in the console', () => {
  let issuer: OidcIssuer;
  let app: TestApp;
  let browser: ConsoleBrowser;
  const start = async () => {
    const port = await freePort();
    const home = `http://127.0.0.1:${port}`;
    issuer = await OidcIssuer.start(`${home}/api/v1/auth/acme/callback`);
    const client = { OIDC_ACME_CLIENT_ID: CLIENT.id, OIDC_ACME_CLIENT_SECRET: CLIENT.secret };
    const acme = { OIDC_ACME_ISSUER: issuer.url, OIDC_ACME_DISPLAY_NAME: 'ACME', ...client };
    return TestApp.start({ env: { PORT: `${port}`, PUBLIC_URL: home, ...acme } });
  };
  openConsole((opened) => ({ app, browser } = opened), start);
  afterAll(() => issuer.stop());

  it('makes an account on the way, and leads back to where one wanted to be', async () => {
    const person = somebody();
    issuer.person = person;
    const { page, faults } = await browser.visit('/profile');
    await page.getByRole('button', { name: 'Sign in with ACME' }).click();
    await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
    await page.getByText(`${person.email}, last used`).waitFor();
    // Nothing that would sign somebody in again is left in the address or the tab.
    expect(page.url()).toBe(`${app.url}/console/profile`);
    expect(await page.evaluate('JSON.stringify([sessionStorage, localStorage])')).not.toMatch(
      /verifier|code/,
    );
    expect(faults).toEqual([]);
  });

  it('links somebody who is here already', async () => {
    issuer.person = somebody();
    const { page, faults } = await browser.signedIn('user', '/profile');
    await page.getByRole('button', { name: 'Link', exact: true }).click();
    await page.getByText(`${issuer.person.email ?? ''}, last used`).waitFor();
    expect(faults).toEqual([]);
  });

  it('proves again who somebody is that has no password', async () => {
    issuer.person = somebody();
    const { page, faults } = await browser.visit('/profile');
    await page.getByRole('button', { name: 'Sign in with ACME' }).click();
    const setUp = page.getByRole('button', { name: 'Set up an app' });
    await setUp.waitFor();
    app.clock.advance(11 * 60);
    await setUp.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in with ACME' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await setUp.click();
    await page.getByRole('dialog').getByLabel('Code').waitFor();
    expect(faults).toEqual([]);
  });

  it('says that somebody declined, and offers the way back', async () => {
    issuer.person = null;
    const { page, faults } = await browser.visit('/sign-in');
    await page.getByRole('button', { name: 'Sign in with ACME' }).click();
    await page.getByText('You, or the provider, declined.').waitFor();
    await page.getByRole('link', { name: 'Back to sign-in' }).click();
    await page.getByLabel('E-mail or username').waitFor();
    expect(faults).toEqual([]);
  });
});
