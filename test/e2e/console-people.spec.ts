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

describeWithChromium('people in the console', () => {
  let app: TestApp;
  let browser: ConsoleBrowser;
  openConsole((opened) => ({ app, browser } = opened));

  it('finds somebody, gives them another role, which their own page shows', async () => {
    const grace = await browser.signedIn('user', '/profile');
    const { page, faults } = await browser.signedIn('admin', '/people');
    // The last letter is typed while the address takes those before it.
    const [first, last] = [grace.user.username.slice(0, -1), grace.user.username.slice(-1)];
    await page.evaluate(`history.pushState = (...given) => {
      delete history.pushState;
      history.pushState(...given);
      document.execCommand('insertText', false, '${last}');
    }`);
    await page.getByLabel('Search').fill(first);
    await page.waitForURL((url) => url.searchParams.get('q') === grace.user.username);
    await page.getByText('1 in all', { exact: true }).waitFor();
    await page.getByRole('link', { name: grace.user.username }).click();
    // The list has a filter by role, too.
    await page.getByRole('button', { name: 'Deactivate the account' }).waitFor();
    await page.getByLabel('Role').selectOption('operator');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`${grace.user.username} is operator from now on.`).waitFor();
    await page.getByText('api-keys:write').waitFor();
    await grace.page.reload();
    await grace.page.getByRole('link', { name: 'People' }).waitFor();
    expect([...faults, ...grace.faults]).toEqual([]);
  });

  it('deactivates after asking, which signs out, and reactivates', async () => {
    const eve = await app.given.signedIn();
    const { page, faults } = await browser.signedIn('admin', `/people/users/${eve.id}`);
    await page.getByRole('button', { name: 'Deactivate the account' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate the account' }).click();
    await page.getByText('deactivated', { exact: true }).waitFor();
    expect((await app.as(eve).get('/auth/profile')).status).toBe(401);
    await page.getByRole('button', { name: 'Reactivate the account' }).click();
    await page.getByText('active', { exact: true }).waitFor();
    expect(faults).toEqual([]);
  });

  it('erases somebody once their name is typed', async () => {
    const eve = await app.given.user();
    const { page, faults } = await browser.signedIn('admin', `/people/users/${eve.id}`);
    await page.getByRole('button', { name: 'Delete the user' }).click();
    const sure = page.getByRole('dialog').getByRole('button', { name: 'Delete for good' });
    expect(await sure.isDisabled()).toBe(true);
    await page.getByLabel(`Type ${eve.username} to go on`).fill(eve.username);
    await sure.click();
    await page.getByText(`${eve.username} is deleted.`).waitFor();
    await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
    expect(await app.database.query('SELECT id FROM users WHERE id = $1', [eve.id])).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('keeps the last admin, and says so', async () => {
    const organizationId = await app.given.organization();
    const only = await app.given.user({ role: 'admin', organizationId });
    const { page, faults } = await browser.signedInAs(only, `/people/users/${only.id}`);
    await page.getByLabel('Role').selectOption('user');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('The last admin stays').waitFor();
    await page.getByRole('button', { name: 'Deactivate the account' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate the account' }).click();
    await page.getByRole('dialog').getByText('The last admin stays').waitFor();
    expect(faults).toEqual([]);
  });

  it('tells somebody whose role was lowered meanwhile that they may not', async () => {
    const [eve, root] = [await app.given.user(), await app.given.signedIn({ role: 'admin' })];
    const { page, user, faults } = await browser.signedIn('admin', `/people/users/${eve.id}`);
    await page.getByRole('button', { name: 'End all sessions' }).click();
    expect((await app.as(root).patch(`/users/${user.id}`, { role: 'operator' })).status).toBe(200);
    await page.getByRole('dialog').getByRole('button', { name: 'End all sessions' }).click();
    const told = page.getByRole('dialog').getByRole('alert');
    await told.getByText('users:manage').waitFor();
    expect(await told.innerText()).toMatch(/Request [\da-f-]+/);
    expect(faults).toEqual([]);
  });

  it('makes an account with a role', async () => {
    const { page, faults } = await browser.signedIn('admin', '/people');
    await page.getByRole('button', { name: 'Create a user' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a user' });
    await dialog.getByLabel('E-mail').fill('lin@example.com');
    await dialog.getByLabel('Username').fill('a b');
    await dialog.getByLabel('Password', { exact: false }).first().fill('quartz meadow 19 lantern');
    await dialog.getByLabel('Role').selectOption('viewer');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.locator('.error').waitFor();
    await dialog.getByLabel('Username').fill('lin');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'lin' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('makes, changes and deletes a role, and offers no more than one holds', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const own = { name: 'role-maker', scopes: ['profile:read', 'users:read', 'roles:manage'] };
    expect((await app.as(admin).post('/roles', own)).status).toBe(201);
    const { page, faults } = await browser.signedIn('role-maker', '/people/roles');
    await page.getByRole('button', { name: 'Make a role' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('checkbox').count()).toBe(own.scopes.length);
    expect(await barriers(page)).toEqual([]);
    await dialog.getByLabel('Name').fill('greeter');
    await dialog.locator('input[value="users:read"]').check();
    await dialog.getByRole('button', { name: 'Make the role' }).click();
    await page.getByText('The role greeter is made.').waitFor();
    await page.getByRole('button', { name: 'Change greeter' }).click();
    await dialog.locator('input[value="users:read"]').uncheck();
    await dialog.getByRole('button', { name: 'Save, for all who have it' }).click();
    await page.getByText('The role greeter is changed.').waitFor();
    expect((await app.as(admin).get('/roles/greeter')).body.scopes).toEqual(['profile:read']);
    await page.getByRole('button', { name: 'Delete greeter' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the role' }).click();
    await page.getByText('The role greeter is deleted.').waitFor();
    expect(faults).toEqual([]);
  });

  it('invites, sends again, withdraws, and takes that back', async () => {
    const { page, faults } = await browser.signedIn('admin', '/people/invitations');
    await page.getByRole('heading', { name: 'No invitation is open' }).waitFor();
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByRole('dialog').getByLabel('E-mail').fill('new@example.com');
    await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('cell', { name: 'new@example.com' }).first().waitFor();
    await page.getByRole('button', { name: 'Send again to new@example.com' }).click();
    await page.getByText('the one before is dead').waitFor();
    // The list is read anew, and its row is another one then.
    await page.getByRole('button', { name: 'Send again to new@example.com', disabled: false }).waitFor();
    await page.getByRole('button', { name: 'Withdraw the invitation of new@example.com' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('heading', { name: 'No invitation is open' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('1 in all').waitFor();
    expect(faults).toEqual([]);
  });

  it('keeps the organisation’s settings, and shows what the server says of a field', async () => {
    const organizationId = await app.given.organization('Engines');
    const admin = await app.given.user({ role: 'admin', organizationId });
    const { page, faults } = await browser.signedInAs(admin, '/people/organisation');
    await page.getByLabel('Name').fill('Analytical Engines');
    await page.getByLabel('Days an invitation holds').fill('99');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.error, [role=alert]').first().waitFor();
    await page.getByLabel('Days an invitation holds').fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved.').waitFor();
    await page.reload();
    expect(await page.getByLabel('Name').inputValue()).toBe('Analytical Engines');
    expect([await barriers(page), faults]).toEqual([[], []]);
  });

  it('shows an operator people without a button to change them, and a viewer nothing', async () => {
    const operator = await browser.signedIn('operator', '/people');
    await operator.page.getByRole('link', { name: operator.user.username }).click();
    await operator.page.getByRole('heading', { level: 1, name: operator.user.username }).waitFor();
    await operator.page.getByText('Member since').waitFor();
    expect(await operator.page.locator('main').getByRole('button').count()).toBe(0);
    await operator.page.goto(`${app.url}/console/people/invitations`);
    await operator.page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    const viewer = await browser.signedIn('viewer', '/people');
    await viewer.page.getByRole('heading', { name: 'Not for your role' }).waitFor();
    expect(await viewer.page.getByRole('link', { name: 'People' }).count()).toBe(0);
    expect([...operator.faults, ...viewer.faults]).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'shows whoever may not read users their organisation and its roles, in the %s',
    async (colorScheme) => {
      const { page, faults } = await browser.signedIn('guest', '/', { colorScheme });
      const pages = page.getByRole('navigation', { name: 'Pages' });
      await pages.getByRole('link', { name: 'Organisation' }).click();
      await page.getByText('Whom to ask').waitFor();
      await page.getByText('It has none yet.').waitFor();
      expect(await page.locator('main').getByRole('button').count()).toBe(0);
      expect([await barriers(page), await pages.getByRole('link', { name: 'People' }).count()]).toEqual([
        [],
        0,
      ]);
      const parts = page.getByRole('navigation', { name: 'Parts of People' });
      expect(await parts.getByRole('link').allInnerTexts()).toEqual(['Roles', 'Organisation']);
      await parts.getByRole('link', { name: 'Roles' }).click();
      await page.getByText('operator', { exact: true }).waitFor();
      expect(await page.locator('main').getByRole('link', { name: 'who has it' }).count()).toBe(0);
      await page.setViewportSize(PHONE);
      expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
    },
  );

  it('keeps the organisation under People for those who may', async () => {
    const { page, faults } = await browser.signedIn('operator', '/people/roles');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'People' }).waitFor();
    await page.getByRole('link', { name: 'who has it' }).first().waitFor();
    expect([await pages.getByRole('link', { name: 'Organisation' }).count(), faults]).toEqual([0, []]);
  });

  it.each(['light', 'dark'] as const)('has no barriers, wide or narrow, in the %s', async (colorScheme) => {
    const organizationId = await app.given.organization();
    const user = await app.given.user({ role: 'admin', organizationId });
    await app.given.user({ role: 'operator', organizationId });
    await app.given.user({ isActive: false, organizationId });
    const { page, faults } = await browser.signedInAs(user, '/people', { colorScheme });
    for (const path of ['/people', `/people/users/${user.id}`, '/people/roles']) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(`${app.url}/console${path}`);
      await page.locator('.table-more, .facts, .items').first().waitFor();
      expect(await barriers(page)).toEqual([]);
      if (path === '/people' && colorScheme === 'light') await picture(page, 'people-light');
      await page.setViewportSize(PHONE);
      expect([path, await barriers(page), await sideways(page)]).toEqual([path, [], 0]);
    }
    expect(faults).toEqual([]);
  });
});
