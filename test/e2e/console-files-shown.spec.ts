import { DEFAULT_ORGANIZATION_ID } from '../../src/common/access/organizations.js';
import type { TestApp } from '../support/app.js';
import {
  barriers,
  ConsoleBrowser,
  describeWithChromium,
  openConsole,
  PHONE,
  sideways,
} from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { uploaded } from '../support/files.js';
import { pdfWithPages } from '../support/sample-files.js';

const FOLDERS = 105;
const LARGE = 4 * 1024 * 1024;
/** The large one takes 20 s: it is called off long before. */
const SLOWED = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2e5 };
const NOT_SLOWED = { ...SLOWED, uploadThroughput: -1 };

describeWithChromium('what there is of files, in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole((opened) => ({ app, browser } = opened));

  it('shows a PDF in the viewer of the browser, and never what only says it were one', async () => {
    const user = await app.given.signedIn();
    const as = app.as(user);
    const type = 'application/pdf';
    const pdf = await uploaded(as, pdfWithPages(3), { fileName: 'invoice.pdf', type });
    const script = '<script>document.title = "ran"; alert(1)</script>';
    const html = await uploaded(as, `<!doctype html>${script}`, { fileName: 'page.pdf', type });
    const both = await uploaded(as, `%PDF-1.7\n<html>${script}`, { fileName: 'both.pdf', type });
    const { page, faults } = await browser.signedInAs(user, `/files/${pdf.id}`);
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => dialogs.push(dialog.message()));
    const viewers = () => page.frames().filter((frame) => frame.url().startsWith('chrome-extension:'));
    await page.getByTitle('Pages of invoice.pdf').waitFor();
    await eventually(() => expect(viewers()).toHaveLength(1), { within: 10_000 });
    expect([await barriers(page), faults]).toEqual([[], []]);
    await page.setViewportSize(PHONE);
    expect(await sideways(page)).toBe(0);

    await page.goto(`${app.url}/console/files/${html.id}`);
    await page.getByText('are not shown here').waitFor();
    expect(await page.locator('iframe').count()).toBe(0);
    await page.goto(`${app.url}/console/files/${both.id}`);
    await page.getByTitle('Pages of both.pdf').waitFor();
    await eventually(() => expect(viewers()).toHaveLength(1), { within: 10_000 });
    expect([dialogs, await page.title()]).toEqual([[], expect.not.stringContaining('ran')]);
    const framed = page.frames().filter((frame) => frame.url().startsWith('blob:'));
    for (const frame of framed) expect(await frame.title()).not.toBe('ran');
    expect(faults).toEqual([]);
  });

  it('says what to do where the browser shows no PDF', async () => {
    const user = await app.given.signedIn();
    const pdf = await uploaded(app.as(user), pdfWithPages(1), { fileName: 'a.pdf', type: 'application/pdf' });
    const { page, faults } = await browser.signedInAs(user);
    await page.addInitScript('Object.defineProperty(navigator, "pdfViewerEnabled", { value: false })');
    await page.goto(`${app.url}/console/files/${pdf.id}`);
    await page.getByText('Your browser does not show PDF').waitFor();
    expect(await page.locator('iframe').count()).toBe(0);
    const begun = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    expect([(await begun).suggestedFilename(), faults]).toEqual(['a.pdf', []]);
  });

  it('lists every folder there is, however old, with what is in it', async () => {
    const user = await app.given.signedIn();
    await app.database.query(
      `INSERT INTO files (id, created_at, organization_id, owner_id, collection, file_name, version, file_key, size,
         content_type, sha256, storage_backend, modified_at, updated_at)
       SELECT gen_random_uuid(), now(), $1, $2, 'c' || lpad((n % ${FOLDERS})::text, 3, '0'), 'a.txt', 1, 'c/' || n, 1,
         'text/plain', 'x', 'local', now(), now()
       FROM generate_series(0, ${3 * FOLDERS - 1}) n`,
      [DEFAULT_ORGANIZATION_ID, user.id],
    );
    const { page, faults } = await browser.signedInAs(user, '/files');
    const folders = page.getByRole('navigation', { name: 'Folders' });
    await folders.getByRole('link', { name: 'c000 3' }).waitFor();
    expect(await folders.getByRole('link', { name: 'c104' }).count()).toBe(0);
    await folders.getByRole('button', { name: 'More folders' }).click();
    await folders.getByRole('link', { name: 'c104 3' }).click();
    await page.getByText('3 in all').waitFor();
    expect(await folders.getByRole('button').count()).toBe(0);
    expect([await barriers(page), faults]).toEqual([[], []]);
  });

  it('tells how far a new version is, and keeps nothing of one that is called off', async () => {
    const user = await app.given.signedIn();
    const as = app.as(user);
    const { id } = await uploaded(as, 'first');
    const { page, context, faults } = await browser.signedInAs(user, `/files/${id}/versions`);
    const wire = await context.newCDPSession(page);
    await wire.send('Network.emulateNetworkConditions', SLOWED);
    const choose = page.getByLabel('New version of notes.txt');
    const large = { name: 'second.bin', mimeType: 'text/plain', buffer: Buffer.alloc(LARGE, 'a') };
    await choose.setInputFiles(large);
    const bar = page.getByRole('progressbar', { name: 'Upload of second.bin' });
    const share = async () => Number(await bar.getAttribute('value'));
    const isHalfWay = async () => {
      const now = await share();
      expect(now > 0 && now < 1).toBe(true);
    };
    await eventually(isHalfWay, { within: 10_000 });
    expect([await barriers(page), await page.getByText('% sent').count()]).toEqual([[], 1]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await choose.waitFor({ state: 'attached' });
    expect((await as.get(`/files/${id}`)).body.version).toBe(1);
    await wire.send('Network.emulateNetworkConditions', NOT_SLOWED);
    // It is sent again by itself where the connection breaks.
    await page.route('**/content', (route) => route.abort('connectionreset'), { times: 1 });
    await choose.setInputFiles(large);
    await page.getByRole('button', { name: 'Download version 2' }).waitFor();
    expect((await as.get(`/files/${id}`)).body).toMatchObject({ version: 2, size: LARGE });

    await page.getByRole('cell', { name: '2 current' }).waitFor();
    await as.with({ 'content-type': 'text/plain' }).put(`/files/${id}/content`, 'somebody was faster');
    await choose.setInputFiles({ ...large, buffer: Buffer.from('too late') });
    await page.getByRole('alert').getByText('Request').waitFor();
    expect((await as.get(`/files/${id}`)).body.version).toBe(3);
    expect(faults).toEqual([expect.stringContaining('ERR_CONNECTION_RESET')]);
  });
});
