import { AdvisoryLock } from '../../src/database/advisory-locks.js';
import { TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { importer, person, text } from '../support/imports.js';

let app: TestApp;
let other: TestApp;
let admin: SignedIn;
beforeAll(async () => {
  app = await TestApp.start();
  other = await TestApp.start({ replicaOf: app });
  admin = await app.given.signedIn({ role: 'admin' });
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

interface Line {
  readonly email: string;
  readonly username: string;
}

interface Report {
  readonly total: number;
  readonly created: number;
  readonly skipped: number;
  readonly failed: number;
  readonly lines: readonly { readonly line: number; readonly email: string }[];
}

const ROUNDS = 3;
const PEOPLE = 700;

const somePeople = (): Line[] => Array.from({ length: PEOPLE }, () => person());
const bring = (people: readonly Line[], query = '', to = app) =>
  importer(to, admin).post(`/users/import${query}`, text(people));
const countOf = async (people: readonly Line[]) =>
  (await app.database.query('SELECT FROM users WHERE email = ANY ($1)', [people.map(({ email }) => email)]))
    .length;

/** Each line is counted once, and told of by its own number. */
function checkReport(people: readonly Line[], answer: Answer | undefined): void {
  expect([answer?.status, answer?.body.code]).toEqual([200, undefined]);
  const { total, created, skipped, failed, lines } = answer?.body as Report;
  expect([total, created + skipped + failed]).toEqual([people.length, people.length]);
  expect(lines).toHaveLength(skipped + failed);
  expect(lines.map(({ line }) => line)).toEqual(lines.map(({ line }) => line).sort((a, b) => a - b));
  for (const { line, email } of lines) expect(email).toBe(people[line - 1]?.email);
}

describe('imports of the same people at once, on two replicas, in opposite orders', () => {
  it('bring in each person once, line by line', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const people = somePeople();
      const orders = [people, people.toReversed(), people, people.toReversed()];
      const answers = await Promise.all(
        orders.map((lines, index) => bring(lines, '', index < 2 ? app : other)),
      );
      orders.forEach((lines, index) => checkReport(lines, answers[index]));
      const created = answers.reduce((sum, { body }) => sum + (body.created as number), 0);
      expect([created, await countOf(people)]).toEqual([PEOPLE, PEOPLE]);
      expect(answers.every(({ body }) => body.failed === 0)).toBe(true);
    }
  });

  it('that agree on usernames alone do so too', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const people = somePeople();
      const names = people.map(({ username }) => username).toReversed();
      const namesakes = people.map((_, index) => ({
        email: `other-${person().email}`,
        username: names[index] ?? '',
      }));
      const answers = await Promise.all([bring(people), bring(namesakes, '', other)]);
      checkReport(people, answers[0]);
      checkReport(namesakes, answers[1]);
      const [created, failed] = ['created', 'failed'].map((count) =>
        answers.reduce((sum, { body }) => sum + (body[count] as number), 0),
      );
      expect([created, failed]).toEqual([PEOPLE, PEOPLE]);
    }
  });

  it('happen whole or not at all where they are atomic', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const people = somePeople();
      const orders = [people, people.toReversed(), people, people.toReversed()];
      const answers = await Promise.all(
        orders.map((lines, index) => bring(lines, '?atomic=true', index < 2 ? app : other)),
      );
      orders.forEach((lines, index) => checkReport(lines, answers[index]));
      expect(answers.filter(({ body }) => body.applied as boolean)).toHaveLength(1);
      expect(await countOf(people)).toBe(PEOPLE);
    }
  });

  it('may be of every kind', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const people = somePeople();
      const turned = people.toReversed();
      const answers = await Promise.all([
        bring(people),
        bring(turned, '?atomic=true'),
        bring(turned, '', other),
        bring(people, '?dry_run=true', other),
      ]);
      [people, turned, turned, people].forEach((lines, index) => checkReport(lines, answers[index]));
      expect(await countOf(people)).toBe(PEOPLE);
    }
  });
});

it('an atomic import that arrives slowly keeps nobody waiting', async () => {
  const people = somePeople();
  let arrived = (): void => undefined;
  const rest = new Promise<void>((resolve) => (arrived = resolve));
  async function* upload(): AsyncGenerator<Buffer> {
    yield Buffer.from(`${text(people.slice(0, 600))}\n`);
    await rest;
    yield Buffer.from(text(people.slice(600)));
  }
  const slow = fetch(`${app.url}/api/v1/users/import?atomic=true`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/x-ndjson' },
    body: upload(),
    duplex: 'half',
  } as unknown as RequestInit);
  const quick = await bring(people.slice(0, 10), '', other);
  expect(quick.body).toMatchObject({ created: 10, skipped: 0 });
  arrived();
  expect(await (await slow).json()).toMatchObject({ applied: false, created: PEOPLE - 10, skipped: 10 });
});

it('an import that has to wait too long for another is told to come again', async () => {
  const { name } = app.database;
  await app.database.query(`ALTER DATABASE ${name} SET lock_timeout = '100ms'`);
  const hasty = await TestApp.start({ replicaOf: app });
  try {
    await app.database.query('SELECT pg_advisory_lock($1)', [AdvisoryLock.userImport]);
    const refused = await bring([person()], '', hasty);
    expect(refused).toMatchObject({ status: 503, body: { code: 'imports_busy' } });
    expect(refused.headers['retry-after']).toBe('30');
    await app.database.query('SELECT pg_advisory_unlock($1)', [AdvisoryLock.userImport]);
    expect((await bring([person()], '', hasty)).body.created).toBe(1);
  } finally {
    await app.database.query(`ALTER DATABASE ${name} RESET lock_timeout`);
    await hasty.stop();
  }
});
