import { FileLinksRepository } from '../../src/modules/files/file-links.repository.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { uploaded } from '../support/files.js';
import { linked, open, opened } from '../support/links.js';
import { Tenants } from '../support/organizations.js';

/** Two replicas on one database and one folder of files. */
let app: TestApp;
let other: TestApp;
let user: SignedIn;
beforeAll(async () => {
  app = await TestApp.start({ env: { TENANCY: 'multi' } });
  other = await TestApp.start({ replicaOf: app });
  user = await app.given.signedIn();
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

/** A link that both replicas were asked for, so that both could answer from memory. */
async function knownOnBoth(sharer = user) {
  const file = await uploaded(app.as(sharer), 'Shared');
  const link = await linked(app, sharer, file.id);
  for (const replica of [app, other, app, other])
    expect(await opened(replica, link.url)).toMatchObject({ status: 200, text: 'Shared' });
  return { file, ...link };
}

/** At once where it was decided, and within a second elsewhere. */
async function answersEverywhere(url: string, status: number): Promise<void> {
  expect((await opened(app, url)).status).toBe(status);
  await eventually(async () => expect((await opened(other, url)).status).toBe(status), { within: 1000 });
}

describe('a link that a replica knows already', () => {
  it('is over once it is revoked', async () => {
    const { file, id, url } = await knownOnBoth();
    await app.as(user).delete(`/files/${file.id}/links/${id}`);
    await answersEverywhere(url, 410);
  });

  it('leads nowhere while its file is in the trash, and there again after', async () => {
    const { file, url } = await knownOnBoth();
    await app.as(user).delete(`/files/${file.id}`);
    await answersEverywhere(url, 404);
    await app.as(user).post(`/files/${file.id}/restore`);
    await answersEverywhere(url, 200);
  });

  it('tells the new name of its file', async () => {
    const { file, url } = await knownOnBoth();
    await app.as(user).patch(`/files/${file.id}`, { file_name: 'renamed.txt' });
    const name = async (replica: TestApp) => (await open(replica, url)).headers.get('content-disposition');
    expect(await name(app)).toContain('renamed.txt');
    await eventually(async () => expect(await name(other)).toContain('renamed.txt'), { within: 1000 });
  });

  it('is over once who shared it may not sign in any more, or has erased the account', async () => {
    const admin = app.as(await app.given.signedIn({ role: 'admin' }));
    const [idle, gone] = [await app.given.signedIn(), await app.given.signedIn()];
    const [first, second] = [await knownOnBoth(idle), await knownOnBoth(gone)];
    expect((await admin.patch(`/users/${idle.id}`, { is_active: false })).status).toBe(200);
    await answersEverywhere(first.url, 404);
    expect((await admin.delete(`/users/${gone.id}`)).status).toBe(204);
    await answersEverywhere(second.url, 410);
  });

  it('is over while its organisation is to be deleted', async () => {
    const { owner, client } = await new Tenants(app).founded();
    const { url } = await knownOnBoth(owner);
    expect((await client.delete('/organizations/current')).status).toBe(200);
    await answersEverywhere(url, 404);
    expect((await client.post('/organizations/current/restore')).status).toBe(200);
    await answersEverywhere(url, 200);
  });

  it('is in the log each time, and counted', async () => {
    const { file, id, url } = await knownOnBoth();
    await Promise.all(Array.from({ length: 20 }, (_, n) => opened(n % 2 === 0 ? app : other, url)));
    await eventually(
      async () => {
        const logged = await app.database.query(
          `SELECT bytes::int FROM file_access_logs WHERE file_id = $1 AND action = 'redeem'`,
          [file.id],
        );
        expect(logged).toEqual(Array.from({ length: 24 }, () => ({ bytes: 6 })));
        const { body } = await app.as(user).get(`/files/${file.id}/links`);
        expect(body.items).toMatchObject([{ id, uses: 24 }]);
      },
      { within: 5000 },
    );
  });
});

it('links are counted by replicas in one order, so that none waits for another that waits for it', async () => {
  const file = await uploaded(app.as(user), 'Popular');
  const [first, second] = [await linked(app, user, file.id), await linked(app, user, file.id)];
  const { database } = app;
  const holding = (id: string) =>
    database.query('SELECT FROM file_links WHERE id = $1 FOR UPDATE NOWAIT', [id]);
  await database.query('BEGIN');
  await holding(first.id);
  const uses = [second, first].map(({ id }) => ({ id, count: 2, lastAt: app.clock.now() }));
  const counting = app.cloudkeep.nest.get(FileLinksRepository).addUses(uses);
  await database.somebodyWaits();
  await holding(second.id);
  await database.query('COMMIT');
  await counting;
  const { body } = await app.as(user).get(`/files/${file.id}/links`);
  expect(body.items).toMatchObject([{ uses: 2 }, { uses: 2 }]);
});

describe('a link', () => {
  it('with a number of uses has no more of them on two replicas', async () => {
    const file = await uploaded(app.as(user), 'Few');
    const { url } = await linked(app, user, file.id, { max_uses: 3 });
    const asked = Array.from({ length: 20 }, (_, n) => opened(n % 2 === 0 ? app : other, url));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  });

  it('is made once under one idempotency key, whichever replica is asked again', async () => {
    const file = await uploaded(app.as(user));
    const make = (replica: TestApp) =>
      replica.as(user).with({ 'idempotency-key': file.id }).post(`/files/${file.id}/links`, {});
    const [first, again] = [await make(app), await make(other)];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.id).toBe(first.body.id);
    const { body } = await app.as(user).get(`/files/${file.id}/links`);
    expect(body.items).toHaveLength(1);
  });
});
