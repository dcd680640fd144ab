import { MailSender } from '../../src/modules/mail/mail-sender.js';
import { UnwatchedWork } from '../../src/modules/auth/unwatched-work.js';
import { TestApp, type AppOptions } from './app.js';
import { headerOf, MailServer, readable, type ReceivedMail } from './mail-server.js';
import { serviceOf } from './weakened.js';

export const PUBLIC_URL = 'https://cloud.example.com';

/** A page of the console that mails lead to. */
type MailedPage = 'reset-password' | 'verify-email' | 'accept-invitation';

/** What people find in their mailboxes: every mail an app and its replicas send, through a real mail server. */
export class Mailbox {
  private readonly apps: TestApp[] = [];

  private constructor(private readonly server: MailServer) {}

  static async open(): Promise<Mailbox> {
    return new Mailbox(await MailServer.start());
  }

  async startApp({ env, ...more }: AppOptions = {}): Promise<TestApp> {
    const settings = { SMTP_URL: this.server.url(), PUBLIC_URL, ...env };
    const app = await TestApp.start({ ...more, env: settings });
    this.apps.push(app);
    return app;
  }

  /** Waits until all that was asked for is done and has arrived. */
  async settle(): Promise<void> {
    for (const { cloudkeep } of this.apps) await serviceOf(cloudkeep.nest, UnwatchedWork).idle();
    for (const { cloudkeep } of this.apps) await serviceOf(cloudkeep.nest, MailSender).drain();
  }

  /** The subjects of what has come for this address, oldest first. */
  async subjects(email: string): Promise<(string | null)[]> {
    return (await this.mails(email)).map(({ raw }) => headerOf(raw, 'Subject'));
  }

  /** The text of all mails to this address. */
  async text(email: string): Promise<string> {
    return (await this.mails(email)).map(({ raw }) => readable(raw)).join('\n');
  }

  /** The tokens of the links to this page, oldest first. */
  async tokens(email: string, page: MailedPage): Promise<string[]> {
    const found = (await this.mails(email)).map(({ raw }) => {
      const link = new RegExp(`^${PUBLIC_URL}/console/${page}#token=([\\w-]+)\\s*$`, 'm');
      return link.exec(readable(raw))?.[1];
    });
    return found.filter((token) => token !== undefined);
  }

  /** @throws Error when no such mail has come. */
  async lastToken(email: string, page: MailedPage): Promise<string> {
    const token = (await this.tokens(email, page)).at(-1);
    if (token === undefined) throw new Error(`No ${page} link came to ${email}`);
    return token;
  }

  async close(): Promise<void> {
    for (const app of this.apps.reverse()) await app.stop();
    await this.server.stop();
  }

  private async mails(email: string): Promise<ReceivedMail[]> {
    await this.settle();
    const mails = this.server.mailsTo(email);
    return mails.sort((a, b) => idOf(a).localeCompare(idOf(b)));
  }
}

/** Several leave at a time; their ids sort as they were written. */
function idOf({ raw }: ReceivedMail): string {
  return headerOf(raw, 'Message-ID') ?? '';
}
