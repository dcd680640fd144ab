import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';

interface Preference {
  readonly key: string;
  readonly value: unknown;
  readonly updated_at: string;
}

const MINE = '/users/me/preferences';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

async function someone(): Promise<ApiClient> {
  return app.as(await app.given.signedIn());
}

async function all(client: ApiClient, limit = 200): Promise<Preference[]> {
  const found: Preference[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { status, body } = await client.get(`${MINE}?limit=${limit}${after}`);
    expect(status).toBe(200);
    found.push(...body.items);
    cursor = body.next_cursor;
  }
  return found;
}

const keysOf = (preferences: readonly Preference[]) => preferences.map(({ key }) => key);

/** Preferences that were there before, without asking for each. */
async function givenMany(userId: string, organizationId: string, count: number): Promise<void> {
  await app.database.query(
    `INSERT INTO user_preferences (organization_id, user_id, key, value, updated_at)
     SELECT $1, $2, 'p' || lpad(n::text, 4, '0'), to_json(n), now() FROM generate_series(1, $3) AS n`,
    [organizationId, userId, count],
  );
}

/** So that those at once really are: each has counted before another has committed. */
async function insertsTakeTime(): Promise<void> {
  await app.database.query(`
    CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END';
    CREATE TRIGGER take_time BEFORE INSERT ON user_preferences FOR EACH ROW EXECUTE FUNCTION take_time()`);
}

describe('a preference', () => {
  it('is set, read, replaced and forgotten', async () => {
    const client = await someone();
    const first = await client.put(`${MINE}/ui.theme`, { value: 'dark' });
    expect(first).toMatchObject({ status: 200, body: { key: 'ui.theme', value: 'dark' } });
    expect(await all(client)).toEqual([first.body]);
    app.clock.advance(5);
    const second = await client.put(`${MINE}/ui.theme`, { value: { name: 'light', contrast: 2 } });
    expect(second).toMatchObject({ status: 200, body: { value: { name: 'light', contrast: 2 } } });
    expect(Date.parse(second.body.updated_at)).toBeGreaterThan(Date.parse(first.body.updated_at));
    expect(await all(client)).toEqual([second.body]);
    expect((await client.delete(`${MINE}/ui.theme`)).status).toBe(204);
    expect(await client.delete(`${MINE}/ui.theme`)).toMatchObject({
      status: 404,
      body: { code: 'preference_not_found' },
    });
    expect(await all(client)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['false', false],
    ['zero', 0],
    ['a fraction', 1.5e-7],
    ['a huge number', 1e308],
    ['an empty text', ''],
    ['quotes, emoji and line ends', '"\' \\ 🙂 \n\t\u2028 \u007f'],
    ['lists in lists', [[1, [null, 'x']], {}]],
    [
      'an object whose members sound like methods',
      { toString: 1, valueOf: null, then: 'x', hasOwnProperty: [] },
    ],
    ['an object as a query operator', { $gt: '', 'a.b': { '': 0 } }],
  ])('holds %s as it was sent', async (_, value) => {
    const client = await someone();
    const put = await client.put(`${MINE}/any`, { value });
    expect([put.status, put.body.value]).toEqual([200, value]);
    const [stored] = await all(client);
    expect(JSON.stringify(stored?.value)).toBe(JSON.stringify(value));
  });

  it('takes 16 KiB, counted as bytes of its JSON, and not one more', async () => {
    const client = await someone();
    const text = (bytes: number) => 'é'.repeat((bytes - 2) / 2);
    expect((await client.put(`${MINE}/big`, { value: text(16_384) })).status).toBe(200);
    for (const value of [text(16_386), { a: text(16_380) }, `${text(16_384)}x`]) {
      expect(await client.put(`${MINE}/big`, { value })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'value', message: expect.stringContaining('16384 bytes') }] },
      });
    }
    expect((await all(client))[0]?.value).toBe(text(16_384));
  });

  it.each([
    ['no value', '{}', 'value'],
    ['another field', '{"value":1,"user_id":"x"}', 'user_id'],
    ['NUL inside', '{"value":["a\\u0000"]}', 'value.0'],
    ['a lone surrogate inside', '{"value":{"a":"\\ud800"}}', 'value.a'],
    ['a number beyond any', '{"value":[1e999]}', 'value.0'],
    ['a name that reaches into prototypes', '{"value":{"__proto__":{"isAdmin":true}}}', 'value.__proto__'],
  ])('refuses a body with %s', async (_, body, field) => {
    const client = (await someone()).with({ 'content-type': 'application/json' });
    const answer = await client.put(`${MINE}/x`, body);
    expect([answer.status, answer.body.errors?.map((error: { field: string }) => error.field)]).toEqual([
      400,
      [field],
    ]);
    expect(await all(client)).toEqual([]);
  });

  it('may have any of the characters in its key, also those of a prototype’s name', async () => {
    const client = await someone();
    const keys = ['__proto__', 'constructor', 'toString', 'A-z_0:9.', '-', 'x'.repeat(128)];
    for (const key of keys) expect((await client.put(`${MINE}/${key}`, { value: key })).body.key).toBe(key);
    expect((await all(client)).map(({ value }) => value)).toEqual(keys.toSorted());
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
    for (const key of keys) expect((await client.delete(`${MINE}/${key}`)).status).toBe(204);
  });

  it('has a key of other characters, or a longer one, never', async () => {
    const client = await someone();
    const keys = ['a%2Fb', 'a%20b', '%C3%A9', '%00', 'a%0A', "a'b", '%F0%9F%99%82', 'x'.repeat(129)];
    for (const path of keys.map((key) => `${MINE}/${key}`))
      for (const answer of [await client.put(path, { value: 1 }), await client.delete(path)])
        expect([path, answer]).toMatchObject([path, { status: 400, body: { errors: [{ field: 'key' }] } }]);
  });
});

describe('the list of preferences', () => {
  it('pages by key, and keeps its place while keys are added and forgotten', async () => {
    const user = await app.given.signedIn();
    const client = app.as(user);
    await givenMany(user.id, user.organizationId, 25);
    const everything = await all(client, 7);
    expect(keysOf(everything)).toEqual(
      Array.from({ length: 25 }, (_, n) => `p${String(n + 1).padStart(4, '0')}`),
    );
    const { body: first } = await client.get(`${MINE}?limit=10`);
    await client.put(`${MINE}/a-before`, { value: 1 });
    await client.put(`${MINE}/p0010-between`, { value: 1 });
    await client.delete(`${MINE}/p0010`);
    const { body: second } = await client.get(`${MINE}?limit=3&cursor=${first.next_cursor}`);
    expect(keysOf(second.items)).toEqual(['p0010-between', 'p0011', 'p0012']);
  });

  it('puts capitals before small letters, as bytes go, whatever the server’s language', async () => {
    const client = await someone();
    for (const key of ['b', 'B', 'a', '_', 'A', '-', '1']) await client.put(`${MINE}/${key}`, { value: key });
    expect(keysOf(await all(client, 1))).toEqual(['-', '1', 'A', 'B', '_', 'a', 'b']);
  });

  it.each(['limit=0', 'limit=201', 'limit=x', 'cursor=%C3%A9', 'cursor=AAAA', 'q=x'])(
    'refuses ?%s',
    async (query) => {
      const answer = await (await someone()).get(`${MINE}?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    },
  );
});

describe('at once', () => {
  it('20 writers of one key leave one row, and what one of them wrote', async () => {
    const client = await someone();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => client.put(`${MINE}/race`, { value: n })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const found = await all(client);
    expect(keysOf(found)).toEqual(['race']);
    expect(answers.map(({ body }) => body.value)).toContain(found[0]?.value);
  });

  it('30 new keys do not get past the 500th; those there may still change', async () => {
    const user = await app.given.signedIn();
    const client = app.as(user);
    await givenMany(user.id, user.organizationId, 490);
    await insertsTakeTime();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => client.put(`${MINE}/new-${n}`, { value: n })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status !== 200);
    for (const answer of refused)
      expect(answer).toMatchObject({ status: 409, body: { code: 'too_many_preferences' } });
    expect(await all(client)).toHaveLength(500);
    expect((await client.put(`${MINE}/p0001`, { value: 'changed' })).status).toBe(200);
    expect((await client.put(`${MINE}/one-more`, { value: 1 })).status).toBe(409);
    await client.delete(`${MINE}/p0002`);
    expect((await client.put(`${MINE}/one-more`, { value: 1 })).status).toBe(200);
    // Another's limit is their own.
    expect((await (await someone()).put(`${MINE}/one-more`, { value: 1 })).status).toBe(200);
  });
});

describe('whose preferences', () => {
  it('are nobody’s but their owner’s, in the organisation and outside', async () => {
    const owner = await someone();
    await owner.put(`${MINE}/secret`, { value: 'mine' });
    const organizationId = await app.given.organization();
    const strangers = [
      await app.given.signedIn(),
      await app.given.signedIn({ role: 'admin' }),
      await app.given.signedIn({ organizationId, role: 'admin' }),
    ];
    for (const stranger of strangers) {
      const client = app.as(stranger);
      expect(await all(client)).toEqual([]);
      expect((await client.delete(`${MINE}/secret`)).status).toBe(404);
      expect((await client.put(`${MINE}/secret`, { value: 'theirs' })).status).toBe(200);
      expect((await all(owner)).map(({ value }) => value)).toEqual(['mine']);
    }
  });

  it('may be read by who may only read, and not written', async () => {
    const guest = app.as(await app.given.signedIn({ role: 'guest' }));
    expect((await guest.get(MINE)).status).toBe(200);
    for (const answer of [await guest.put(`${MINE}/x`, { value: 1 }), await guest.delete(`${MINE}/x`)])
      expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expect((await app.anyone.get(MINE)).status).toBe(401);
  });

  it('go with their owner', async () => {
    const user = await app.given.signedIn();
    await app.as(user).put(`${MINE}/x`, { value: 1 });
    await app.database.query('DELETE FROM users WHERE id = $1', [user.id]);
    expect(await app.database.query('SELECT FROM user_preferences WHERE user_id = $1', [user.id])).toEqual(
      [],
    );
  });

  it('are kept apart from the user called "me"', async () => {
    const admin = app.as(await app.given.signedIn({ role: 'admin' }));
    expect((await admin.get('/users/me')).status).toBe(404);
    expect((await admin.get(MINE)).status).toBe(200);
  });
});
