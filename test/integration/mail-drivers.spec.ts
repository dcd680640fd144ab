import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { DEFAULT_ORGANIZATION_ID } from '../../src/common/access/organizations.js';
import { MailSender } from '../../src/modules/mail/mail-sender.js';
import { MailService } from '../../src/modules/mail/mail.service.js';
import { TestApp } from '../support/app.js';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { headerOf, MailServer, readable } from '../support/mail-server.js';
import { ServerProcess } from '../support/server-process.js';

jest.setTimeout(60_000);

const TOKEN = 'token-of-a-verification-mail-0123456789';
const SOON = { within: 5_000 };

function send(app: TestApp, email: string): Promise<void> {
  const recipient = { email, organizationId: DEFAULT_ORGANIZATION_ID };
  return app.cloudkeep.nest
    .get(MailService)
    .send('email-verification', recipient, { full_name: 'Ada', token: TOKEN });
}

async function statusOf(app: TestApp, email: string): Promise<{ status: string; last_error: string | null }> {
  const rows = await app.database.query<{ status: string; last_error: string | null }>(
    'SELECT status, last_error FROM mail_outbox WHERE recipient = $1',
    [email],
  );
  return rows[0] ?? { status: 'none', last_error: null };
}

describe('without SMTP_URL', () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await TestApp.start({ env: { MAIL_FROM: 'Cloud Ops <ops@example.org>' } });
    folder = join(app.cloudkeep.config.app.dataDir, 'outbox');
  });
  afterAll(() => app.stop());

  it('each mail is a file that its owner alone may read', async () => {
    for (const to of ['ada@example.com', 'bob@example.com']) await send(app, to);
    await app.cloudkeep.nest.get(MailSender).drain();
    const files = readdirSync(folder).sort();
    expect(files).toEqual([expect.stringMatching(/^[0-9a-f-]{36}\.eml$/), expect.stringMatching(/\.eml$/)]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    const raw = readFileSync(join(folder, files[0] ?? ''), 'utf8');
    expect(headerOf(raw, 'To')).toBe('ada@example.com');
    expect(headerOf(raw, 'From')).toBe('Cloud Ops <ops@example.org>');
    expect(headerOf(raw, 'Date')).not.toBeNull();
    expect(headerOf(raw, 'MIME-Version')).toBe('1.0');
    expect(raw.replaceAll('\r\n', '')).not.toContain('\n');
    expect(readable(raw)).toContain(`http://localhost:0/console/verify-email#token=${TOKEN}`);
    expect((await statusOf(app, 'ada@example.com')).status).toBe('sent');
  });

  it.each([
    ['development', 'info', {}],
    ['production', 'warn', { SECRET_KEY: 0, JWT_SECRET_KEY: 1, ENCRYPTION_KEY: 2 }],
  ])('the log of %s says so once, as %s', async (environment, level, secrets) => {
    const database = await TestDatabase.create();
    const server = ServerProcess.start({
      ...Object.fromEntries(
        Object.entries(secrets).map(([name, seed]) => [name, `${seed}f9d1c7ab2e8063f5d7c9e1b8a3f6042`]),
      ),
      ENVIRONMENT: environment,
      DATABASE_URL: database.url,
      LOG_FORMAT: 'json',
      ADMIN_PASSWORD: 'granite-lantern-quilt-58',
      SHUTDOWN_GRACE_SECONDS: '1',
    });
    try {
      await server.ready();
      await eventually(async () => {
        const lines = server.output.split('\n').filter((line) => line.includes('No SMTP_URL'));
        expect(lines).toEqual([expect.stringContaining(`"level":"${level}"`)]);
        return Promise.resolve();
      }, SOON);
    } finally {
      await server.dispose();
      await database.drop();
    }
  });
});

describe('a mail server that asks for a password, without TLS', () => {
  const account = { user: 'cloud@example.com', password: 'p@ss/wörd:1%' };
  let server: MailServer;
  beforeAll(async () => {
    server = await MailServer.start(account);
  });
  afterAll(() => server.stop());

  async function appWith(password: string): Promise<TestApp> {
    const credentials = `${encodeURIComponent(account.user)}:${encodeURIComponent(password)}@`;
    return TestApp.start({ env: { SMTP_URL: `${server.url(credentials)}?debug=true&logger=true` } });
  }

  it('gets the one of SMTP_URL', async () => {
    const printed = (['log', 'info', 'debug'] as const).map((method) => jest.spyOn(console, method));
    const app = await appWith(account.password);
    await send(app, 'ada@example.com');
    await app.cloudkeep.nest.get(MailSender).drain();
    expect(server.mailsTo('ada@example.com')).toMatchObject([{ user: account.user }]);
    // Whatever is asked for in the URL, no mail is written to the console.
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
    jest.restoreAllMocks();
    await app.stop();
  });

  it('refuses a wrong one: the mail is kept, and the password told to nobody', async () => {
    const app = await appWith('a-wrong-password');
    await send(app, 'bob@example.com');
    await app.cloudkeep.nest.get(MailSender).drain();
    const { status, last_error: error } = await statusOf(app, 'bob@example.com');
    expect(status).toBe('waiting');
    expect(error).toMatch(/535/);
    expect(error).not.toContain('a-wrong-password');
    expect(server.mailsTo('bob@example.com')).toEqual([]);
    await app.stop();
  });
});

describe('when the process ends', () => {
  let server: MailServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await MailServer.start();
    app = await TestApp.start({ env: { SMTP_URL: server.url() } });
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  const another = (env: Record<string, string> = {}) =>
    TestApp.start({ replicaOf: app, env: { SMTP_URL: server.url(), ...env } });
  const isBeingSent = (email: string) =>
    eventually(async () => {
      const rows = await app.database.query(
        'SELECT 1 FROM mail_outbox WHERE recipient = $1 AND claimed_until IS NOT NULL',
        [email],
      );
      expect(rows).toHaveLength(1);
      expect(server.attempts).toBeGreaterThan(0);
    }, SOON);

  it('a mail under way still arrives, once', async () => {
    const replica = await another();
    const release = server.stall();
    await send(replica, 'ada@example.com');
    await isBeingSent('ada@example.com');
    const stopped = replica.stop();
    release();
    await stopped;
    expect((await statusOf(app, 'ada@example.com')).status).toBe('sent');
    expect(server.mailsTo('ada@example.com')).toHaveLength(1);
  });

  it('one that takes too long is given back at once and sent at the next start', async () => {
    const replica = await another({ SHUTDOWN_GRACE_SECONDS: '0' });
    const release = server.stall();
    await send(replica, 'bob@example.com');
    await isBeingSent('bob@example.com');
    await replica.stop();
    expect((await statusOf(app, 'bob@example.com')).status).toBe('waiting');
    release();
    const next = await another();
    await eventually(async () => expect((await statusOf(app, 'bob@example.com')).status).toBe('sent'), SOON);
    await next.stop();
  });
});
