import { readFile } from 'node:fs/promises';
import type { Route } from 'playwright-core';
import { TestApp } from '../support/app.js';
import { Trail } from '../support/audit-chain.js';
import {
  barriers,
  ConsoleBrowser,
  describeWithChromium,
  openConsole,
  PHONE,
  picture,
  sideways,
} from '../support/chromium.js';

describeWithChromium('the audit trail in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  let trail: Trail;
  afterAll(() => trail.end());
  openConsole((opened) => ({ app, browser } = opened));
  beforeAll(async () => {
    trail = await Trail.of(app);
    await trail.grow(4);
  });

  it('narrows the trail down in the address, and keeps that over reload and back', async () => {
    const { page, faults } = await browser.signedInAs(trail.admin, '/audit');
    await page.locator('.timeline button').first().waitFor();
    await page.getByLabel('Action').fill('session.open');
    await page.waitForURL(/action=session\.open/);
    const actions = page.locator('.timeline strong');
    const others = page.locator('.timeline strong', { hasNotText: 'session.open' });
    await others.first().waitFor({ state: 'detached' });
    await actions.first().waitFor();
    expect(new Set(await actions.allInnerTexts())).toEqual(new Set(['session.open']));
    await page.reload();
    await actions.first().waitFor();
    expect(await page.getByLabel('Action').inputValue()).toBe('session.open');
    await page.goBack();
    await others.first().waitFor();
    const late = new Promise<Route>((resolve) => void page.route('**/users?**', resolve, { times: 1 }));
    await page.getByLabel('User').fill('no-one');
    const overtaken = await late;
    await page.getByLabel('User').fill(trail.admin.username.toUpperCase());
    await page.waitForURL(`**/audit?user_id=${trail.admin.id}`);
    await overtaken.continue();
    await page.getByLabel('Address').fill('nonsense');
    await page.getByRole('alert').getByText('ip', { exact: true }).waitFor();
    expect(await page.getByText('Nobody here has').count()).toBe(0);
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.locator('.timeline button').first().waitFor();
    expect(faults).toEqual([]);
  });

  it('shows one row whole, from the keyboard, and narrows down from there', async () => {
    const { page, faults } = await browser.signedInAs(trail.admin, '/audit');
    await page.locator('.timeline button').first().focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    const row = JSON.parse(await drawer.locator('pre').innerText()) as Record<string, unknown>;
    expect(row).toMatchObject({ user_id: trail.admin.id, request_id: expect.any(String) });
    expect(await barriers(page)).toEqual([]);
    await page.goBack();
    await drawer.waitFor({ state: 'detached' });
    await page.goForward();
    await drawer.getByRole('button', { name: row.action as string }).click();
    await page.waitForURL(new RegExp(`action=${row.action as string}`));
    await drawer.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });

  it.each([
    ['NDJSON, to verify offline', /^\{"/],
    ['CSV, for spreadsheets', /user_id/],
  ])('downloads what the filters leave as %s', async (choice, beginning) => {
    const { page, faults } = await browser.signedInAs(trail.admin, '/audit?action=session.open');
    await page.getByRole('button', { name: 'Export' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: choice }).click(),
    ]);
    const text = await readFile(await file.path(), 'utf8');
    expect(text).toMatch(beginning);
    expect(text).toContain('session.open');
    expect(text).not.toContain('profile.update');
    expect(faults).toEqual([]);
  });

  it('tells an operator that it is not for them', async () => {
    const { page, faults } = await browser.signedIn('operator', '/audit');
    await page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    expect(await page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no barriers, wide or narrow, in the %s', async (colorScheme) => {
    const { page, faults } = await browser.signedInAs(trail.admin, '/audit', { colorScheme });
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText('Intact', { exact: true }).waitFor();
    expect(await barriers(page)).toEqual([]);
    if (colorScheme === 'light') await picture(page, 'audit-light');
    await page.setViewportSize(PHONE);
    expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
  });

  it('shows a chain broken, and where, once somebody has written past it', async () => {
    const id = await trail.idAt(2);
    await trail.tamper(`UPDATE audit_logs SET ip = '203.0.113.9' WHERE organization_id = $1 AND id = $2`, [
      id,
    ]);
    const { page, faults } = await browser.signedInAs(trail.admin, '/audit');
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    const verdict = page.getByRole('alert');
    await verdict.getByText('Broken at link 2: changed').waitFor();
    expect(await verdict.innerText()).toContain(id);
    await verdict.getByRole('link', { name: 'Show that minute' }).click();
    await page.getByText('203.0.113.9').waitFor();
    expect([await barriers(page), faults]).toEqual([[], []]);
  });
});
