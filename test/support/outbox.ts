import { Logger, type LoggerService } from '@nestjs/common';
import { DEFAULT_ORGANIZATION_ID } from '../../src/common/access/organizations.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { MailJobs } from '../../src/modules/mail/mail.jobs.js';
import { MailSender } from '../../src/modules/mail/mail-sender.js';
import { MailService, type MailData, type MailName } from '../../src/modules/mail/mail.service.js';
import type { TestApp } from './app.js';
import { eventually } from './eventually.js';

export const TOKEN = 'kQ3-reset_token_that_nobody_may_see_0123456789';

export interface OutboxRow {
  readonly status: string;
  readonly attempts: number;
  readonly sealed_data: Buffer | null;
  readonly last_error: string | null;
  readonly claimed_until: Date | null;
  /** Until the next attempt. */
  readonly seconds_to_go: number;
  readonly organization_id: string;
}

let addresses = 0;

/** The outbox of an app: sending from inside, as other modules do, and looking at what became of it. */
export class Outbox {
  constructor(private readonly app: TestApp) {}

  /** An address nobody else has. */
  someone(): string {
    return `someone-${++addresses}@example.com`;
  }

  /** A mail with a secret link. */
  send(email: string): Promise<void> {
    return this.sendAs('password-reset', email, { full_name: 'Ada', token: TOKEN });
  }

  sendAs<Name extends MailName>(name: Name, email: string, data: MailData[Name]): Promise<void> {
    const recipient = { email, organizationId: DEFAULT_ORGANIZATION_ID };
    return this.app.cloudkeep.nest.get(MailService).send(name, recipient, data);
  }

  inUnitOfWork<T>(work: () => Promise<T>): Promise<T> {
    return this.app.cloudkeep.nest.get(UnitOfWork).run(work);
  }

  drain(): Promise<void> {
    return this.app.cloudkeep.nest.get(MailSender).drain();
  }

  get jobs(): MailJobs {
    return this.app.cloudkeep.nest.get(MailJobs);
  }

  /** @throws Error when there is no mail to this address. */
  async rowOf(email: string): Promise<OutboxRow> {
    const [row] = await this.app.database.query<OutboxRow & { due_at: Date }>(
      'SELECT * FROM mail_outbox WHERE recipient = $1',
      [email],
    );
    if (row === undefined) throw new Error(`No mail to ${email}`);
    return { ...row, seconds_to_go: (row.due_at.getTime() - this.app.clock.now().getTime()) / 1000 };
  }

  async reaches(email: string, status: string): Promise<void> {
    await eventually(async () => expect((await this.rowOf(email)).status).toBe(status), { within: 5_000 });
  }

  async metric(name: string): Promise<number> {
    const { text } = await this.app.anyone.get('//metrics');
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ')[1] ?? 0);
  }
}

/** What the log would say while `work` runs. */
export async function logOf(work: () => Promise<void>): Promise<string> {
  const lines: string[] = [];
  const write = (...words: unknown[]) => void lines.push(words.map(String).join(' '));
  const logger: LoggerService = { log: write, error: write, warn: write, debug: write, verbose: write };
  Logger.overrideLogger(logger);
  try {
    await work();
  } finally {
    Logger.overrideLogger(false);
  }
  return lines.join('\n');
}
