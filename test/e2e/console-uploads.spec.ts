import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { TestApp } from '../support/app.js';
import {
  barriers,
  ConsoleBrowser,
  describeWithChromium,
  openConsole,
  type SignedInVisit,
} from '../support/chromium.js';
import { PASSWORD } from '../support/factories/given.js';
import { storedKeys } from '../support/stored-objects.js';

const MIB = 1024 * 1024;
/** What the SDK sends in one request. */
const PIECE = 8 * MIB;
const HOUR_SECONDS = 3600;
const TUS = '**/api/v1/files/tus/*';

describeWithChromium('uploads of the console that do not go straight', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  let folder: string;
  let large: string;
  let digest: string;
  const start = () => {
    folder = mkdtempSync(join(tmpdir(), 'cloudkeep-uploads-'));
    large = join(folder, 'large.bin');
    const bytes = randomBytes(PIECE + MIB);
    writeFileSync(large, bytes);
    digest = createHash('sha256').update(bytes).digest('hex');
    const env = { MAX_UPLOAD_BYTES: String(12 * MIB), STORAGE_QUOTA_BYTES: String(10 * MIB) };
    return TestApp.start({ env });
  };
  openConsole((opened) => ({ app, browser } = opened), start);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Of this many bytes, all of them nought. */
  function emptyFile(name: string, size: number): string {
    const path = join(folder, name);
    writeFileSync(path, '');
    truncateSync(path, size);
    return path;
  }

  /** Chooses the large file, and holds its second piece back; what is sent again after that may pass. */
  async function halfway(page: Page): Promise<Route> {
    let isHeld = false;
    const held = new Promise<Route>((resolve) => {
      void page.route(TUS, async (route, request) => {
        const isSecond = request.method() === 'PATCH' && request.headers()['upload-offset'] !== '0';
        if (isHeld || !isSecond) return route.continue();
        isHeld = true;
        resolve(route);
      });
    });
    await page.getByLabel('Files for default').setInputFiles(large);
    return held;
  }

  /** The offsets from which pieces are sent from now on. */
  function offsetsOf(page: Page): string[] {
    const offsets: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') offsets.push(request.headers()['upload-offset'] ?? '');
    });
    return offsets;
  }

  async function filesOf({ user }: SignedInVisit): Promise<{ sha256: string }[]> {
    return (await app.as(await app.given.signIn(user)).get('/files')).body.items;
  }

  it('goes on by itself where it was once the network is back', async () => {
    const visit = await browser.signedIn('user', '/files');
    const { page, context } = visit;
    const route = await halfway(page);
    await context.setOffline(true);
    await page.getByText('the connection is gone').waitFor();
    await route.abort('internetdisconnected').catch(() => undefined);
    expect(await barriers(page)).toEqual([]);
    const offsets = offsetsOf(page);
    await context.setOffline(false);
    await page.getByRole('table', { name: 'Files' }).getByRole('link', { name: 'large.bin' }).waitFor();
    expect([offsets, (await filesOf(visit)).map(({ sha256 }) => sha256)]).toEqual([
      [String(PIECE)],
      [digest],
    ]);
  });

  it('goes on after the tab was loaded anew, with the very same file only', async () => {
    const visit = await browser.signedIn('user', '/files');
    const { page, faults } = visit;
    await halfway(page);
    await page.reload();
    await page.getByText('8 MiB of 9 MiB have arrived').waitFor();
    const offsets = offsetsOf(page);
    const again = page.getByLabel('Go on with large.bin');
    await again.setInputFiles(emptyFile('other.bin', 3));
    await page.getByText('That is not the large.bin you began with.').waitFor();
    await again.setInputFiles(large);
    await page.getByRole('table', { name: 'Files' }).getByRole('link', { name: 'large.bin' }).waitFor();
    expect([offsets, (await filesOf(visit)).map(({ sha256 }) => sha256)]).toEqual([
      [String(PIECE)],
      [digest],
    ]);
    expect([await page.evaluate('Object.keys(localStorage).length'), faults]).toEqual([0, []]);
  });

  it('leaves nothing of what was cancelled', async () => {
    const visit = await browser.signedIn('user', '/files');
    const { page, faults } = visit;
    const before = await storedKeys(app);
    await halfway(page);
    const gone = page.waitForResponse((answer) => answer.request().method() === 'DELETE');
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect((await gone).status()).toBe(204);
    await page.getByRole('heading', { name: 'Uploads' }).waitFor({ state: 'hidden' });
    expect([await filesOf(visit), await storedKeys(app)]).toEqual([[], before]);
    expect([await page.evaluate('Object.keys(localStorage).length'), faults]).toEqual([0, []]);
  });

  it('tells of files that are too large, and of a quota that is used up', async () => {
    const { page, faults } = await browser.signedIn('user', '/files');
    const picker = page.getByLabel('Files for default');
    await page.getByText('of 10 MiB').waitFor();
    await picker.setInputFiles([emptyFile('too-large.bin', 13 * MIB), emptyFile('too-much.bin', 11 * MIB)]);
    const line = (name: string) => page.getByRole('listitem').filter({ hasText: name }).getByRole('alert');
    const words = [await line('too-large.bin').innerText(), await line('too-much.bin').innerText()];
    expect(words).toEqual([
      expect.stringMatching(/Maximum size exceeded\s+Request/),
      expect.stringMatching(/There is no room for it[\s\S]*Request/),
    ]);
    expect([await barriers(page), faults]).toEqual([[], []]);
    await page.getByRole('button', { name: 'Cancel' }).first().click();
    await line('too-large.bin').waitFor({ state: 'hidden' });
  });

  it('asks for a new session in the middle, and goes on', async () => {
    const visit = await browser.signedIn('user', '/files');
    const { page } = visit;
    const route = await halfway(page);
    await app.as(await app.given.signIn(visit.user)).post('/auth/logout/all');
    await route.continue();
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'Files' }).getByRole('link', { name: 'large.bin' }).waitFor();
    expect((await filesOf(visit)).map(({ sha256 }) => sha256)).toEqual([digest]);
  });

  it('does not go on in the name of the next person, but is there when the first comes back', async () => {
    const visit = await browser.signedIn('user', '/files');
    const { page, context, user } = visit;
    const route = await halfway(page);
    await page.getByRole('button', { name: /^Account of/ }).click();
    // Its answer takes the cookie away, which must not be that of the next person.
    const signedOut = page.waitForResponse((answer) => answer.url().includes('/auth/logout'));
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    const offsets = offsetsOf(page);
    await route.abort().catch(() => undefined);
    await signedOut;
    const login = `${app.url}/api/v1/auth/login?session=cookie`;
    const signIn = ({ email }: { email: string }) =>
      context.request.post(login, { data: { email, password: PASSWORD } });
    const next = await app.given.signedIn();
    await signIn(next);
    await page.goto(`${app.url}/console/files`);
    await page.getByRole('heading', { name: 'No files here yet' }).waitFor();
    expect(await page.getByText('large.bin').count()).toBe(0);
    await signIn(user);
    await page.reload();
    await page.getByText('8 MiB of 9 MiB have arrived').waitFor();
    expect([offsets, (await app.as(next).get('/files')).body.items]).toEqual([[], []]);
  });

  it('stays signed in where two tabs load anew at once', async () => {
    const { page, context } = await browser.signedIn('user', '/files');
    const other = await context.newPage();
    await other.goto(`${app.url}/console/files`);
    app.clock.advance(HOUR_SECONDS);
    await Promise.all([page.reload(), other.reload(), page.waitForLoadState(), other.waitForLoadState()]);
    for (const tab of [page, other]) await tab.getByRole('heading', { name: 'No files here yet' }).waitFor();
  });
});
