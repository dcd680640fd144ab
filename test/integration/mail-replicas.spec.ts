import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { MailServer } from '../support/mail-server.js';
import { Outbox } from '../support/outbox.js';
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

describe('several replicas', () => {
  let other: TestApp;
  let others: Outbox;
  beforeAll(async () => {
    other = await TestApp.start({ replicaOf: app, env: { SMTP_URL: server.url() } });
    others = new Outbox(other);
  });
  afterAll(() => other.stop());

  it('share what is due and never send a mail twice', async () => {
    const recipients = Array.from({ length: 60 }, () => outbox.someone());
    server.refuse('recipient', 451, 'Not yet');
    await Promise.all(recipients.map((to, index) => (index % 2 === 0 ? outbox : others).send(to)));
    await Promise.all([outbox.drain(), others.drain()]);
    server.accept();
    app.clock.advance(HOUR);
    await Promise.all([outbox.drain(), others.drain(), outbox.drain(), others.drain()]);
    expect(recipients.map((to) => server.mailsTo(to).length)).toEqual(recipients.map(() => 1));
    for (const to of recipients) expect((await outbox.rowOf(to)).attempts).toBe(2);
  });

  it('leave a mail alone while one is busy with it, and take it over when that one has died', async () => {
    const to = outbox.someone();
    server.refuse('recipient', 451, 'Not yet');
    await outbox.send(to);
    await outbox.drain();
    server.accept();
    // As a replica leaves it that was killed in the middle of an attempt.
    const until = new Date(app.clock.now().getTime() + 240_000);
    await app.database.query('UPDATE mail_outbox SET claimed_until = $2 WHERE recipient = $1', [to, until]);
    app.clock.advance(60);
    await Promise.all([outbox.drain(), others.drain()]);
    expect(server.mailsTo(to)).toEqual([]);
    app.clock.advance(181);
    await Promise.all([outbox.drain(), others.drain()]);
    expect(server.mailsTo(to)).toHaveLength(1);
  });

  it('send what another wrote and could not send', async () => {
    const to = outbox.someone();
    const cut = await TestApp.start({ replicaOf: app, env: { SMTP_URL: 'smtp://127.0.0.1:1' } });
    await new Outbox(cut).send(to);
    await eventually(async () => expect((await outbox.rowOf(to)).attempts).toBe(1), { within: 5_000 });
    await cut.stop();
    app.clock.advance(60);
    await Promise.all([outbox.drain(), others.drain()]);
    expect(server.mailsTo(to)).toHaveLength(1);
  });
});
