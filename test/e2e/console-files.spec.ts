import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Download, Page } from 'playwright-core';
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
import { uploaded } from '../support/files.js';
import { pathOf } from '../support/links.js';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

describeWithChromium('files in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole((opened) => ({ app, browser } = opened));

  async function contentOf(page: Page, start: () => Promise<unknown>): Promise<string> {
    const begun = page.waitForEvent('download');
    await start();
    const download: Download = await begun;
    return readFileSync(await download.path(), 'utf8');
  }

  it('uploads several by the picker and by dropping them, into the folder that is open', async () => {
    const { page, faults, user } = await browser.signedIn('user', '/files?collection=invoices');
    const chosen = ['one', 'two', ...Array.from({ length: 8 }, (_, n) => `more ${n}`)];
    const lists: string[] = [];
    page.on('request', (request) => request.url().includes('/files?') && lists.push(request.url()));
    await page
      .getByLabel('Files for invoices')
      .setInputFiles(
        chosen.map((word) => ({ name: `${word}.txt`, mimeType: 'text/plain', buffer: Buffer.from(word) })),
      );
    const table = page.getByRole('table', { name: 'Files' });
    for (const word of chosen) await table.getByRole('link', { name: `${word}.txt` }).waitFor();
    // Not once a file: a hundred of them would use up what a minute may have of calls.
    expect(lists.length).toBeLessThan(chosen.length / 2);
    const dropped = await page.evaluateHandle(
      `(() => { const all = new DataTransfer(); all.items.add(new File(['three'], 'three.txt')); return all; })()`,
    );
    await page.dispatchEvent('main', 'dragover', { dataTransfer: dropped });
    await page.getByText('Let go to upload').waitFor();
    await page.dispatchEvent('main', 'drop', { dataTransfer: dropped });
    await table.getByRole('link', { name: 'three.txt' }).waitFor();
    const { body } = await app.as(await app.given.signIn(user)).get('/files?collection=invoices');
    const got = body.items.map(({ file_name: name, sha256: digest }: Record<string, string>) => [
      name,
      digest,
    ]);
    expect(new Map(got)).toEqual(new Map([...chosen, 'three'].map((word) => [`${word}.txt`, sha256(word)])));
    await page.getByLabel('Search by name').fill('TWO');
    await table.getByRole('link', { name: 'one.txt' }).waitFor({ state: 'hidden' });
    await page.reload();
    await table.getByRole('link', { name: 'two.txt' }).waitFor();
    expect([
      await page.getByLabel('Search by name').inputValue(),
      await table.getByRole('link').count(),
    ]).toEqual(['TWO', 1]);
    expect(faults).toEqual([]);
  });

  it('shows pictures and text, and never what could run', async () => {
    const user = await app.given.signedIn();
    const as = app.as(user);
    const image = await uploaded(as, PIXEL, { fileName: 'pixel.png', type: 'image/png' });
    const drawing = await uploaded(as, SVG, { fileName: 'drawing.svg', type: 'image/svg+xml' });
    const text = await uploaded(as, '<b>Plain</b> words', { fileName: 'words.txt' });
    const { page, faults } = await browser.signedInAs(user, `/files/${image.id}`);
    await page.getByRole('img', { name: 'Preview of pixel.png' }).waitFor();
    await page.waitForFunction('document.querySelector("img.preview").naturalWidth === 1');
    await page.goto(`${app.url}/console/files/${drawing.id}`);
    await page.getByText('are not shown here').waitFor();
    await page.goto(`${app.url}/console/files/${text.id}`);
    await page.getByText('<b>Plain</b> words', { exact: true }).waitFor();
    expect(await page.locator('main svg script, main iframe, main object, main embed').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('keeps what was typed when the session ends meanwhile, and saves it once one is back', async () => {
    const user = await app.given.signedIn();
    const { id } = await uploaded(app.as(user), 'Hello');
    const { page, faults } = await browser.signedInAs(user, `/files/${id}`);
    await page.getByLabel('Metadata').fill('[1]');
    await page.getByLabel('Name', { exact: true }).fill('renamed.txt');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('This is not a JSON object.').waitFor();
    await page.getByLabel('Metadata').fill('{"invoice": 17}');
    await app.as(user).post('/auth/logout/all');
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'renamed.txt' }).waitFor();
    const { body } = await app.as(await app.given.signIn(user)).get(`/files/${id}`);
    expect([body.file_name, body.metadata]).toEqual(['renamed.txt', { invoice: 17 }]);
    expect(faults).toEqual([]);
  });

  it('takes a new version, and hands out each', async () => {
    const user = await app.given.signedIn();
    const { id } = await uploaded(app.as(user), 'first');
    const { page, faults } = await browser.signedInAs(user, `/files/${id}/versions`);
    const second = { name: 'second.txt', mimeType: 'text/plain', buffer: Buffer.from('second') };
    await page.getByLabel('New version of notes.txt').setInputFiles(second);
    const old = page.getByRole('button', { name: 'Download version 1' });
    await page.getByRole('button', { name: 'Download version 2' }).waitFor();
    expect(await contentOf(page, () => old.click())).toBe('first');
    const newest = page.getByRole('button', { name: 'Download', exact: true });
    expect(await contentOf(page, () => newest.click())).toBe('second');
    expect(faults).toEqual([]);
  });

  it('makes a link that works for a stranger as often as it says, and revokes one', async () => {
    const user = await app.given.signedIn();
    const { id } = await uploaded(app.as(user), 'for you');
    const { page, faults } = await browser.signedInAs(user, `/files/${id}/links`);
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.getByLabel('Number of uses').fill('1');
    await page.getByLabel('Only from').fill('somewhere');
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.getByRole('dialog').locator('.error').waitFor();
    await page.getByLabel('Only from').fill('127.0.0.0/8');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const given = page.getByRole('dialog', { name: 'The link' });
    const url = `${app.url}${pathOf(await given.locator('code').innerText())}`;
    await given.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('cell', { name: '1 of 1' }).waitFor();

    const stranger = await browser.visit('/sign-in');
    const go = () => stranger.page.evaluate(`location.assign(${JSON.stringify(url)})`);
    expect(await contentOf(stranger.page, go)).toBe('for you');
    expect((await stranger.context.request.get(url)).ok()).toBe(false);
    await page.reload();
    await page.getByText('used up').waitFor();
    await page.getByRole('button', { name: 'Revoke the link' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('heading', { name: 'No links' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('moves to the trash and back, and tells of what somebody else was faster with', async () => {
    const user = await app.given.signedIn();
    const as = app.as(user);
    const { id } = await uploaded(as, 'Hello');
    const { page, faults } = await browser.signedInAs(user, `/files/${id}`);
    await page.getByRole('button', { name: 'Move to the trash' }).click();
    await page.getByRole('heading', { name: 'No files here yet' }).waitFor();
    expect((await as.get(`/files/${id}`)).status).toBe(404);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'notes.txt' }).waitFor();

    await page.getByRole('button', { name: 'Actions for notes.txt' }).press('Enter');
    await page.locator('.menu-item:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('notes.txt is in the trash.').last().waitFor();
    await page.getByRole('link', { name: 'Trash' }).click();
    const restore = page.getByRole('button', { name: 'Restore' });
    await restore.waitFor();
    await as.post(`/files/${id}/restore`);
    await restore.click();
    const refused = await as.post(`/files/${id}/restore`);
    await page.getByText(refused.body.detail).waitFor();
    await as.delete(`/files/${id}`);
    await page.reload();
    await restore.click();
    await page.getByRole('heading', { name: 'The trash is empty' }).waitFor();
    expect((await as.get(`/files/${id}`)).status).toBe(200);
    expect(faults).toEqual([]);
  });

  it('shows an auditor who had the file in hand', async () => {
    const user = await app.given.signedIn({ role: 'admin' });
    const { id } = await uploaded(app.as(user), 'Hello');
    const { page, faults } = await browser.signedInAs(user, `/files/${id}`);
    await page.getByRole('link', { name: 'Access log' }).click();
    await page.getByRole('cell', { name: 'Uploaded' }).waitFor();
    expect([await barriers(page), faults]).toEqual([[], []]);
  });

  it('offers a viewer nothing that would be refused, and a guest no page', async () => {
    const viewer = await browser.signedIn('viewer', '/files');
    await viewer.page.getByText('Your role may see files').waitFor();
    expect(await viewer.page.locator('main').getByRole('button').count()).toBe(0);
    const guest = await browser.signedIn('guest', '/files');
    await guest.page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    expect(await guest.page.getByRole('link', { name: 'Files', exact: true }).count()).toBe(0);
    expect([...viewer.faults, ...guest.faults]).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no barriers, wide or narrow, in the %s', async (colorScheme) => {
    const user = await app.given.signedIn();
    const as = app.as(user);
    await uploaded(as, 'A plan', { fileName: 'plan-of-the-garden.txt', fields: { collection: 'plans' } });
    const image = await uploaded(as, PIXEL, { fileName: 'pixel.png', type: 'image/png' });
    const { page, faults } = await browser.signedInAs(user, '/files', { colorScheme });
    await page.getByRole('link', { name: 'plan-of-the-garden.txt' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, `files-${colorScheme}`);
    await page.setViewportSize(PHONE);
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await page.goto(`${app.url}/console/files/${image.id}`);
    await page.getByRole('img', { name: 'Preview of pixel.png' }).waitFor();
    expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
  });
});
