import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  /** As the envelope says, whatever the headers claim. */
  readonly recipients: readonly string[];
  readonly raw: string;
  readonly user: string | null;
}

type Step = 'connect' | 'sender' | 'recipient' | 'message';

/** A real SMTP server on a free loopback port that does as a test tells it. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  /** Recipients named so far, accepted or not. */
  attempts = 0;
  private server: SMTPServer;
  private port = 0;
  private refusal: { readonly step: Step; readonly code: number; readonly text: string } | null = null;
  private gate: Promise<unknown> = Promise.resolve();

  private constructor(private readonly account: { readonly user: string; readonly password: string } | null) {
    this.server = this.make();
  }

  /** @param account whom it lets in; anybody when absent. */
  static async start(account: { user: string; password: string } | null = null): Promise<MailServer> {
    const server = new MailServer(account);
    await server.listen();
    return server;
  }

  url(credentials = ''): string {
    return `smtp://${credentials}127.0.0.1:${this.port}`;
  }

  /** Answers so at this step until told otherwise. */
  refuse(step: Step, code: number, text: string): void {
    this.refusal = { step, code, text };
  }

  accept(): void {
    this.refusal = null;
  }

  /** Answers for no message until the returned function is called. */
  stall(): () => void {
    const opened = new EventEmitter();
    this.gate = once(opened, 'open');
    return () => void opened.emit('open');
  }

  mailsTo(recipient: string): ReceivedMail[] {
    return this.received.filter(({ recipients }) => recipients.includes(recipient));
  }

  /** Listens again, where it did before. */
  async listen(): Promise<void> {
    this.server = this.make();
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server.server, 'listening');
    this.port = (this.server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private make(): SMTPServer {
    const server = new SMTPServer({
      authOptional: this.account === null,
      allowInsecureAuth: true,
      disabledCommands: this.account === null ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onConnect: (_session, done) => done(this.refusalAt('connect')),
      onMailFrom: (_address, _session, done) => done(this.refusalAt('sender')),
      onRcptTo: (_address, _session, done) => {
        this.attempts++;
        done(this.refusalAt('recipient'));
      },
      onAuth: ({ username = '', password }, _session, done) => {
        const isKnown = username === this.account?.user && password === this.account.password;
        if (isKnown) done(null, { user: username });
        else done(new Error('Invalid username or password'));
      },
      onData: (stream, { envelope, user }, done) => {
        void buffer(stream).then(async (bytes) => {
          await this.gate;
          const refusal = this.refusalAt('message');
          const recipients = envelope.rcptTo.map(({ address }) => address);
          if (refusal === null)
            this.received.push({
              recipients,
              raw: bytes.toString(),
              user: (user as string | undefined) ?? null,
            });
          done(refusal);
        });
      },
    });
    // A client that hangs up in the middle is part of what is tested.
    server.on('error', () => undefined);
    return server;
  }

  private refusalAt(step: Step): Error | null {
    const { refusal } = this;
    return refusal?.step === step
      ? Object.assign(new Error(refusal.text), { responseCode: refusal.code })
      : null;
  }
}

/** The value of a header, unfolded. */
export function headerOf(raw: string, name: string): string | null {
  const head = (raw.split('\r\n\r\n')[0] ?? '').replaceAll(/\r\n(?=[ \t])/g, '');
  const line = head.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? null;
}

/** Its parts with quoted-printable undone (RFC 2045 section 6.7), near enough to look for words in. */
export function readable(raw: string): string {
  const bytes = raw
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
