import { TestApp } from '../support/app.js';
import { DEFAULT_ORGANIZATION_ID } from '../../src/common/access/organizations.js';
import { headerOf, MailServer, readable } from '../support/mail-server.js';
import { Outbox, TOKEN } from '../support/outbox.js';
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

describe('a mail sent in a unit of work', () => {
  it('leaves once that commits, whole and by itself', async () => {
    const to = outbox.someone();
    await outbox.inUnitOfWork(async () => {
      await outbox.send(to);
      await outbox.drain();
      expect(server.mailsTo(to)).toEqual([]);
    });
    await outbox.reaches(to, 'sent');
    const [mail] = server.mailsTo(to);
    const raw = mail?.raw ?? '';
    expect(headerOf(raw, 'From')).toBe('Cloudkeep <no-reply@cloud.example.com>');
    expect(headerOf(raw, 'To')).toBe(to);
    expect(headerOf(raw, 'Subject')).toBe('Choose a new password');
    expect(headerOf(raw, 'Auto-Submitted')).toBe('auto-generated');
    expect(headerOf(raw, 'Message-ID')).toMatch(/^<[0-9a-f-]{36}@cloud\.example\.com>$/);
    expect(readable(raw)).toContain(`\nhttps://cloud.example.com/console/reset-password#token=${TOKEN}\r`);
    expect(readable(raw)).toContain(
      `<a href="https://cloud.example.com/console/reset-password#token=${TOKEN}">`,
    );
    expect(await outbox.rowOf(to)).toMatchObject({ attempts: 1, organization_id: DEFAULT_ORGANIZATION_ID });
  });

  it('never leaves when that is rolled back', async () => {
    const to = outbox.someone();
    const failure = outbox.inUnitOfWork(async () => {
      await outbox.send(to);
      throw new Error('Changed my mind');
    });
    await expect(failure).rejects.toThrow('Changed my mind');
    await outbox.drain();
    await expect(outbox.rowOf(to)).rejects.toThrow('No mail');
    expect(server.mailsTo(to)).toEqual([]);
  });

  it('leaves by itself when sent outside of one', async () => {
    const to = outbox.someone();
    await outbox.send(to);
    await outbox.reaches(to, 'sent');
    expect(server.mailsTo(to)).toHaveLength(1);
  });

  it('rests sealed while it waits, and is wiped once it has left', async () => {
    const to = outbox.someone();
    server.refuse('recipient', 450, 'later');
    await outbox.send(to);
    await outbox.drain();
    const waiting = await outbox.rowOf(to);
    expect(waiting.status).toBe('waiting');
    const text = JSON.stringify(waiting) + (waiting.sealed_data?.toString('latin1') ?? '');
    expect(waiting.sealed_data?.length).toBeGreaterThan(TOKEN.length);
    expect(text).not.toContain(TOKEN);
    server.accept();
    app.clock.advance(HOUR);
    await outbox.drain();
    expect(await outbox.rowOf(to)).toMatchObject({ status: 'sent', sealed_data: null, last_error: null });
  });
});

describe('a recipient that is more than one plain address', () => {
  it.each([
    ['victim@example.com\r\nBcc: all@example.com'],
    ['a@example.com, b@example.com'],
    ['Ada <a@example.com>'],
    ['not-an-address'],
  ])('%j is refused before anything is stored', async (email) => {
    const [before] = await app.database.query('SELECT count(*) FROM mail_outbox');
    await expect(outbox.inUnitOfWork(() => outbox.send(email))).rejects.toMatchObject({
      status: 400,
      code: 'invalid_recipient',
    });
    expect(await app.database.query('SELECT count(*) FROM mail_outbox')).toEqual([before]);
  });
});

it('keeps line breaks in names out of the headers', async () => {
  const to = outbox.someone();
  const organization = 'Acme\r\nBcc: evil@example.com\r\n\r\n<h1>Hi</h1>';
  await outbox.sendAs('invitation', to, { organization, inviter: 'Ada\nX-Evil: yes', token: TOKEN });
  await outbox.reaches(to, 'sent');
  const [mail] = server.mailsTo(to);
  const raw = mail?.raw ?? '';
  expect(mail?.recipients).toEqual([to]);
  for (const name of ['Bcc', 'X-Evil']) expect(headerOf(raw, name)).toBeNull();
  expect(readable(raw).split('Content-Type: text/html')[1]).not.toContain('<h1>');
  expect(server.received.flatMap(({ recipients }) => recipients)).not.toContain('evil@example.com');
});

it('forgets sent mails after a week and failed ones after a month', async () => {
  const [sent, failed, waiting] = [outbox.someone(), outbox.someone(), outbox.someone()];
  await outbox.send(sent);
  await outbox.reaches(sent, 'sent');
  server.refuse('recipient', 550, 'Nobody');
  await outbox.send(failed);
  await outbox.reaches(failed, 'failed');
  server.refuse('recipient', 450, 'Later');
  await outbox.send(waiting);
  await outbox.drain();
  const left = async () => {
    await outbox.jobs.purge();
    const rows = await app.database.query<{ recipient: string }>(
      'SELECT recipient FROM mail_outbox WHERE recipient = ANY ($1) ORDER BY id',
      [[sent, failed, waiting]],
    );
    return rows.map(({ recipient }) => recipient);
  };
  app.clock.advance(7 * DAY - HOUR);
  expect(await left()).toEqual([sent, failed, waiting]);
  app.clock.advance(2 * HOUR);
  expect(await left()).toEqual([failed, waiting]);
  app.clock.advance(22 * DAY);
  expect(await left()).toEqual([failed, waiting]);
  app.clock.advance(DAY);
  expect(await left()).toEqual([waiting]);
});
