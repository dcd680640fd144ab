import { TestApp } from '../support/app.js';
import { insertedBackup } from '../support/backups.js';
import {
  barriers,
  ConsoleBrowser,
  describeWithChromium,
  openConsole,
  PHONE,
  picture,
  sideways,
} from '../support/chromium.js';
import { withFakeBackups, type FakeBackups } from '../support/fake-backups.js';

describeWithChromium('backups in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  let fake: FakeBackups;
  openConsole((opened) => {
    ({ app, browser } = opened);
    fake = withFakeBackups(app);
  });
  beforeEach(async () => {
    await app.database.query('DELETE FROM backups');
    fake.engine.lack = null;
  });

  it('starts one, shows how far it is, and that a restore of it held', async () => {
    const { page, faults } = await browser.signedIn('admin', '/backups');
    await page.getByRole('heading', { name: 'There is no backup yet' }).waitFor();
    const release = fake.engine.hold();
    await page.getByRole('button', { name: 'Start a backup' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
    const work = page.getByRole('listitem').filter({ hasText: 'The full backup' });
    await work.getByText('of the database read').waitFor();
    release();
    await work.waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'good' }).waitFor();
    await page.getByRole('cell', { name: 'held' }).waitFor();
    await page.goto(`${app.url}/console/`);
    await page.getByText('the last one was restored as a trial, and held').waitFor();
    expect(faults).toEqual([]);
  });

  it('tells in the server’s words which tool is missing, and keeps the question open', async () => {
    fake.engine.lack = 'pgbackrest is not on PATH: install it.';
    const { page, faults } = await browser.signedIn('admin', '/backups');
    await page.getByRole('button', { name: 'Start a backup' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
    const told = page.getByRole('dialog').getByRole('alert');
    await told.getByText('pgbackrest is not on PATH: install it.').waitFor();
    expect(await told.locator('code').innerText()).not.toBe('');
    expect(faults).toEqual([]);
  });

  it('deletes one after asking, and tells why the newest verified one stays', async () => {
    const [hourAgo, now] = [new Date(app.clock.now().getTime() - 3_600_000), app.clock.now()];
    const old = await insertedBackup(app, { verification: 'ok', verified_at: hourAgo, created_at: hourAgo });
    const newest = await insertedBackup(app, { verification: 'ok', verified_at: now });
    const { page, faults } = await browser.signedIn('admin', '/backups?status=good');
    for (const { id } of [newest, old]) {
      await page.getByRole('button', { name: `What to do with the full backup ${id.slice(-8)}` }).click();
      await page.getByRole('button', { name: 'Delete…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete the backup' }).click();
      if (id === old.id) continue;
      await page.getByRole('alert').getByText('It is the one to restore from').waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
    }
    await page.getByText('The backup is deleted.').waitFor();
    await page.getByText('1 in all').waitFor();
    expect(faults).toEqual([]);
  });

  it('verifies one again, and says what was found', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const id = (await app.as(admin).post('/backups', { kind: 'full' })).body.id as string;
    await fake.drained();
    fake.verdicts.push({ ok: false, words: 'The table users lacks 3 rows.' });
    const { page, faults } = await browser.signedIn('admin', '/backups');
    await page.getByRole('button', { name: `What to do with the full backup ${id.slice(-8)}` }).click();
    await page.getByRole('button', { name: 'Verify again' }).click();
    await page.getByRole('cell').getByText('The table users lacks 3 rows.').waitFor();
    expect(faults).toEqual([]);
  });

  it('says to an operator that this is not for their role', async () => {
    const { page, faults } = await browser.signedIn('operator', '/backups');
    await page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    expect(await page.getByRole('link', { name: 'Backups' }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('keeps its filters in the address', async () => {
    await insertedBackup(app);
    const { page } = await browser.signedIn('admin', '/backups');
    await page.getByLabel('Status').selectOption('failed');
    await page.getByText('None of these').waitFor();
    await page.reload();
    await page.getByText('None of these').waitFor();
    await page.goBack();
    await page.getByText('1 in all').waitFor();
  });

  it.each(['light', 'dark'] as const)('has no barriers, wide or narrow, in the %s', async (colorScheme) => {
    const now = app.clock.now();
    await insertedBackup(app, { kind: 'incremental', status: 'failed', error: 'backup_failed' });
    await insertedBackup(app, { verification: 'ok', verified_at: now, replica: 'copied', replica_at: now });
    const { page, faults } = await browser.signedIn('admin', '/backups', { colorScheme });
    await page.getByText('2 in all').waitFor();
    expect(await barriers(page)).toEqual([]);
    if (colorScheme === 'light') await picture(page, 'backups-light');
    await page.setViewportSize(PHONE);
    expect([await barriers(page), await sideways(page)]).toEqual([[], 0]);
    await page.getByRole('link', { name: 'How to restore' }).click();
    await page.getByRole('heading', { level: 1, name: 'How to restore' }).waitFor();
    expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
  });
});
