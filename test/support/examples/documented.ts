/** The examples of docs/mail.md and docs/console.md, for the type check; nothing imports them. */
import type { UnitOfWork } from '../../../src/database/unit-of-work.js';
import type { MailService } from '../../../src/modules/mail/mail.service.js';
import { barriers, describeWithChromium, openConsole, sideways, type ConsoleBrowser } from '../chromium.js';

interface User {
  readonly email: string;
  readonly full_name: string;
  readonly organization_id: string;
}

export abstract class MailExample {
  protected abstract readonly unitOfWork: UnitOfWork;
  protected abstract readonly mail: MailService;
  protected abstract readonly tokens: { issue(user: User): Promise<string> };

  async example(user: User): Promise<void> {
    await this.unitOfWork.run(async () => {
      const token = await this.tokens.issue(user);
      await this.mail.send(
        'password-reset',
        { email: user.email, organizationId: user.organization_id },
        { full_name: user.full_name, token },
      );
    });
  }
}

export function consoleExample(): void {
  describeWithChromium('users in the console', () => {
    let browser: ConsoleBrowser;
    openConsole((opened) => ({ browser } = opened));
    it('lists them', async () => {
      const { page, faults } = await browser.signedIn('admin', '/people');
      await page.getByRole('cell', { name: 'ada' }).waitFor();
      expect([await barriers(page), await sideways(page), faults]).toEqual([[], 0, []]);
    });
  });
}
