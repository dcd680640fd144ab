import type { NodemailerError, Transporter } from 'nodemailer';
import { messageOf, type Letter } from './letter.js';
import { MailDriver, RefusedForGood } from './mail-driver.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** Servers look through a message before they answer for it: hanging up too early would send it twice. */
const SILENCE_TIMEOUT_MS = 30_000;
/** Would write mails, with their links, to the log. */
const TELLTALE_OPTIONS = ['logger', 'debug', 'transactionLog'];
/** Other 5xx replies, such as a wrong password, are the operator's to mend. */
const ABOUT_THE_MAIL: ReadonlySet<string | undefined> = new Set(['RCPT TO', 'DATA']);

/** Hands letters to a mail server. One connection a letter; encrypted where the server offers it. */
export class SmtpDriver extends MailDriver {
  private readonly url: string;
  private transport: Transporter | undefined;

  /** @param smtpUrl nodemailer's options may follow as a query, such as `?requireTLS=true`. */
  constructor(smtpUrl: string) {
    super();
    const url = new URL(smtpUrl);
    for (const option of TELLTALE_OPTIONS) url.searchParams.delete(option);
    this.url = url.href;
  }

  async deliver(letter: Letter, signal: AbortSignal): Promise<void> {
    this.transport ??= await open(this.url);
    try {
      await this.transport.sendMail({ ...messageOf(letter), signal });
    } catch (error) {
      const { permanent, command, message } = error as NodemailerError;
      if (permanent === true && ABOUT_THE_MAIL.has(command))
        throw new RefusedForGood(message, { cause: error });
      throw error;
    }
  }
}

/** Loaded with the first letter: no start waits for it. */
async function open(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    url,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
  });
}
