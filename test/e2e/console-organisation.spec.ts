import {
  barriers,
  ConsoleBrowser,
  describeWithChromium,
  openConsole,
  PHONE,
  sideways,
} from '../support/chromium.js';

describeWithChromium('the organisation of whoever may not read users', () => {
  let browser: ConsoleBrowser;
  openConsole((opened) => ({ browser } = opened));

  it.each(['light', 'dark'] as const)(
    'is shown with its roles, and nobody in it, in the %s',
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

  it('is found under People by those who may', async () => {
    const { page, faults } = await browser.signedIn('operator', '/people/roles');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'People' }).waitFor();
    await page.getByRole('link', { name: 'who has it' }).first().waitFor();
    expect([await pages.getByRole('link', { name: 'Organisation' }).count(), faults]).toEqual([0, []]);
  });
});
