import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { ConsoleBrowser, describeWithChromium, openConsole } from '../support/chromium.js';
import { ROOT } from '../support/console-build.js';
import { PASSWORD } from '../support/factories/given.js';

const HALF_AN_HOUR = 1_801;
/** The package as it is built, loaded by a page that bundles nothing, and can not have the library of sockets. */
const TAB = `<!doctype html><title>A tab</title>
<script type="importmap">
  { "imports": { "openapi-fetch": "/tab/openapi-fetch.js", "idb-keyval": "/tab/idb-keyval.js" } }
</script>
<script type="module">
  import { browserTokenStore, createCloudkeep, tokens } from '/tab/sdk/index.js';
  const signedOut = [];
  const credentials = tokens({ store: browserTokenStore(), onSignedOut: ({ code }) => signedOut.push(code) });
  const { api, sandboxLogs } = createCloudkeep({ baseUrl: '', credentials });
  let changes = 0;
  credentials.onChange(() => { changes += 1; });
  window.tab = {
    signIn: async (body) => credentials.accept((await api.POST('/api/v1/auth/login', { body })).data),
    email: async () => (await api.GET('/api/v1/auth/profile')).data.email,
    signOut: () => api.POST('/api/v1/auth/logout').then(() => credentials.clear()),
    pair: () => credentials.current(),
    told: () => ({ signedOut, changes }),
    follow: (id) => sandboxLogs(id).next().catch(({ code }) => code),
  };
</script>`;

describeWithChromium('the SDK in two tabs of a browser', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole((opened) => ({ app, browser } = opened));

  const told = (page: Page) => page.evaluate<{ signedOut: string[]; changes: number }>('tab.told()');
  const email = (page: Page) => page.evaluate<string>('tab.email()');

  async function serve(context: BrowserContext) {
    const script = (path: string) => ({
      contentType: 'text/javascript',
      body: readFileSync(join(ROOT, path), 'utf8'),
    });
    await context.route('**/tab', (route) => route.fulfill({ contentType: 'text/html', body: TAB }));
    await context.route('**/tab/sdk/*', (route) =>
      route.fulfill(script(new URL(route.request().url()).pathname.replace('/tab/', 'dist/'))),
    );
    for (const [name, path] of [
      ['openapi-fetch', 'openapi-fetch/dist/index.mjs'],
      ['idb-keyval', 'idb-keyval/dist/index.js'],
    ])
      await context.route(`**/tab/${name}.js`, (route) => route.fulfill(script(`node_modules/${path}`)));
  }

  async function open(tab: Page) {
    await tab.goto(`${app.url}/tab`);
    await tab.waitForFunction('window.tab');
  }

  /** Two tabs of one browser, signed in half an hour ago: the token has expired, and neither knows. */
  async function twoTabs() {
    const { context, page: first } = await browser.visit('/sign-in');
    await serve(context);
    const second = await context.newPage();
    for (const tab of [first, second]) await open(tab);
    const user = await app.given.user();
    app.clock.advance(-HALF_AN_HOUR);
    const body = JSON.stringify({ email: user.email, password: PASSWORD });
    await first.evaluate(`tab.signIn(${body})`).finally(() => app.clock.advance(HALF_AN_HOUR));
    return { context, first, second, user };
  }

  it('renews once what both find expired at the same moment, and both go on', async () => {
    const { context, first, second, user } = await twoTabs();
    const refused = new Set<Page>();
    const refreshes: string[] = [];
    context.on('response', (response) => {
      if (response.status() === 401) refused.add(response.frame().page());
    });
    // Not before the other tab wants one as well.
    const bothRefused = Promise.all(
      [first, second].map((page) => page.waitForResponse((response) => response.status() === 401)),
    );
    await context.route('**/auth/refresh', async (route) => {
      refreshes.push(route.request().url());
      await bothRefused;
      await route.continue();
    });
    const before = await second.evaluate<{ refresh_token: string }>('tab.pair()');
    expect(await Promise.all([email(first), email(second)])).toEqual([user.email, user.email]);
    expect([refused.size, refreshes.length]).toEqual([2, 1]);
    expect(await Promise.all([email(second), email(first)])).toEqual([user.email, user.email]);
    expect(refreshes).toHaveLength(1);
    const pairs = await Promise.all([first, second].map((page) => page.evaluate('tab.pair()')));
    expect(pairs[0]).toEqual(pairs[1]);
    expect(pairs[0]).not.toMatchObject({ refresh_token: before.refresh_token });
    expect([(await told(first)).signedOut, (await told(second)).signedOut]).toEqual([[], []]);
  });

  it('says at once that a log can not be followed where its library can not be loaded', async () => {
    const { context, page } = await browser.visit('/sign-in');
    await serve(context);
    await open(page);
    expect(await page.evaluate(`tab.follow('any')`)).toBe('unreachable');
  });

  it('tells one tab of what the other did, and signs out of both', async () => {
    const { first, second, user } = await twoTabs();
    // As in Firefox: its requests have no `body`, and the call that was refused is sent again all the same.
    await second.evaluate('delete Request.prototype.body');
    expect(await email(second)).toBe(user.email);
    await first.waitForFunction('tab.told().changes > 0');
    expect(await email(first)).toBe(user.email);
    await first.evaluate('tab.signOut()');
    await second.waitForFunction('tab.pair().then((pair) => pair === null)');
    const refused = await second.evaluate('tab.email().catch(({ code }) => code)');
    expect(refused).toBe('credential_missing');
  });
});
