import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { MailServer } from '../support/mail-server.js';
import { logOf, Outbox, TOKEN } from '../support/outbox.js';
let server: MailServer;
let app: TestApp;
let outbox: Outbox;
beforeAll(async () => {
  server = await MailServer.start();
  app = await TestApp.start({ env: { SMTP_URL: server.url(), PUBLIC_URL: 'https://cloud.example.com' } });
  outbox = new Outbox(app);
});
beforeEach(() => server.accept());
afterAll(async () => {
  await app.stop();
  await server.stop();
});

const HOUR = 3_600;
const DAY = 24 * HOUR;

describe('when the mail server', () => {
  it('is down, nobody notices, and what waited leaves when it is back', async () => {
    const to = outbox.someone();
    await server.stop();
    const startedAt = performance.now();
    await outbox.inUnitOfWork(() => outbox.send(to));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await outbox.drain();
    const waiting = await outbox.rowOf(to);
    expect(waiting).toMatchObject({ status: 'waiting', attempts: 1, claimed_until: null });
    expect(waiting.last_error).toMatch(/ECONNREFUSED/);
    expect(waiting.seconds_to_go).toBeGreaterThan(25);
    expect(waiting.seconds_to_go).toBeLessThanOrEqual(60);
    expect(await outbox.metric('cloudkeep_mails_waiting')).toBe(1);
    await server.listen();
    await outbox.drain();
    expect(server.mailsTo(to)).toEqual([]);
    app.clock.advance(60);
    outbox.jobs.look();
    await outbox.reaches(to, 'sent');
    expect(server.mailsTo(to)).toHaveLength(1);
    expect(await outbox.metric('cloudkeep_mails_waiting')).toBe(0);
  });

  it('is slow, requests are answered and no transaction is held open meanwhile', async () => {
    const recipients = Array.from({ length: 8 }, () => outbox.someone());
    const release = server.stall();
    const startedAt = performance.now();
    for (const to of recipients) await outbox.inUnitOfWork(() => outbox.send(to));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await eventually(
      async () => {
        const [busy] = await app.database.query<{ count: number }>(
          'SELECT count(*)::int AS count FROM mail_outbox WHERE claimed_until IS NOT NULL',
        );
        expect(busy?.count).toBe(5);
      },
      { within: 5_000 },
    );
    const open = await app.database.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND application_name = 'cloudkeep' AND state LIKE 'idle in%'`,
      [app.database.name],
    );
    expect(open).toEqual([]);
    expect((await app.anyone.get('//health/ready')).status).toBe(200);
    release();
    for (const to of recipients) await outbox.reaches(to, 'sent');
    for (const to of recipients) expect(server.mailsTo(to)).toHaveLength(1);
  });

  it.each([
    ['the recipient', 'recipient'],
    ['the message', 'message'],
  ] as const)('puts off %s (4xx), it is asked again later, ever less often', async (_, step) => {
    const to = outbox.someone();
    server.refuse(step, 451, 'Greylisted, come back');
    await outbox.send(to);
    await outbox.drain();
    const pauses = [(await outbox.rowOf(to)).seconds_to_go];
    for (let attempt = 2; attempt <= 4; attempt++) {
      await outbox.drain();
      expect((await outbox.rowOf(to)).attempts).toBe(attempt - 1);
      app.clock.advance(60 * 2 ** (attempt - 2));
      await outbox.drain();
      const row = await outbox.rowOf(to);
      expect(row).toMatchObject({
        status: 'waiting',
        attempts: attempt,
        last_error: expect.stringMatching(/451/),
      });
      pauses.push(row.seconds_to_go);
    }
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThan(25 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(60 * 2 ** index);
    }
    server.accept();
    app.clock.advance(HOUR);
    await outbox.drain();
    expect((await outbox.rowOf(to)).status).toBe('sent');
    expect(server.mailsTo(to)).toHaveLength(1);
  });

  it.each([
    ['the recipient', 'recipient'],
    ['the message', 'message'],
  ] as const)('refuses %s for good (5xx), it is asked once, and the secret is wiped', async (_, step) => {
    const to = outbox.someone();
    const failed = await outbox.metric('cloudkeep_mails_total{outcome="failed"}');
    server.refuse(step, 550, 'No such user here');
    const asked = server.attempts;
    const log = await logOf(async () => {
      await outbox.send(to);
      await outbox.reaches(to, 'failed');
    });
    expect(await outbox.rowOf(to)).toMatchObject({
      attempts: 1,
      sealed_data: null,
      last_error: expect.stringMatching(/550 .*No such user/),
    });
    expect(log).toMatch(/Mail [0-9a-f-]{36} \(password-reset\) failed for good at attempt 1: .*550/);
    expect(await outbox.metric('cloudkeep_mails_total{outcome="failed"}')).toBe(failed + 1);
    app.clock.advance(DAY);
    await outbox.drain();
    expect(server.attempts).toBe(asked + 1);
  });

  it.each([
    ['connections', 'connect'],
    ['our sender', 'sender'],
  ] as const)('refuses %s (5xx), which an operator can mend, the mail is kept', async (_, step) => {
    const to = outbox.someone();
    server.refuse(step, 554, 'Not you');
    await outbox.send(to);
    await outbox.drain();
    expect(await outbox.rowOf(to)).toMatchObject({ status: 'waiting', attempts: 1 });
    server.accept();
    app.clock.advance(60);
    await outbox.drain();
    expect((await outbox.rowOf(to)).status).toBe('sent');
  });

  it('is fine but this replica does not know the template (a newer one wrote it), the mail is kept', async () => {
    const to = outbox.someone();
    server.refuse('recipient', 451, 'Not yet');
    await outbox.send(to);
    await outbox.drain();
    server.accept();
    const rename = (template: string) =>
      app.database.query('UPDATE mail_outbox SET template = $2 WHERE recipient = $1', [to, template]);
    await rename('constructor');
    app.clock.advance(HOUR);
    await outbox.drain();
    expect(await outbox.rowOf(to)).toMatchObject({ status: 'waiting', attempts: 2 });
    await rename('password-reset');
    app.clock.advance(HOUR);
    await outbox.drain();
    expect((await outbox.rowOf(to)).status).toBe('sent');
  });

  it('never accepts it, the mail is given up after three days', async () => {
    const to = outbox.someone();
    server.refuse('recipient', 451, 'Some other day');
    await outbox.send(to);
    await outbox.drain();
    for (const [hours, status] of [
      [71, 'waiting'],
      [2, 'failed'],
    ] as const) {
      app.clock.advance(hours * HOUR);
      await outbox.drain();
      expect((await outbox.rowOf(to)).status).toBe(status);
    }
    expect(await outbox.rowOf(to)).toMatchObject({ attempts: 3, sealed_data: null });
  });

  it('repeats what it refuses, neither log nor database keep the secret or whom it was for', async () => {
    const to = outbox.someone();
    const log = await logOf(async () => {
      server.refuse(
        'message',
        451,
        `<${to}> spam: https://cloud.example.com/console/reset-password#token=${TOKEN} ${TOKEN}`,
      );
      await outbox.send(to);
      await outbox.drain();
      expect((await outbox.rowOf(to)).last_error).toMatch(/451 .*spam/);
      expect((await outbox.rowOf(to)).last_error).not.toContain(TOKEN);
      server.accept();
      app.clock.advance(HOUR);
      await outbox.drain();
    });
    expect(log).toMatch(/did not leave at attempt 1, again in \d+ s: .*451/);
    expect(log).not.toContain(TOKEN);
    expect(log).not.toContain(to);
    expect(log).not.toContain('Ada');
    expect((await outbox.rowOf(to)).status).toBe('sent');
  });
});
