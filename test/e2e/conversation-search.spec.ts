import fc from 'fast-check';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { begun, found, idsOf, said } from '../support/conversations.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { anyCharacter } from '../support/fuzz/hostile.js';

/** What people and machines type, one a blank; none of it is a good search. */
const ODD = `" ' "unclosed \\ & | ! !! <-> ( ) (((( a:* :* a:A * % _ - -- -or or -" "" 🙂 -🙂 'owner:x' \u202e \ufeff \u0301
  ';DROP/**/TABLE/**/conversations;-- http://x.y/z?a=b <b> 1e999 -1.5e-300 user@example.com /etc/passwd {"a":1} $1`;

/** With blanks in them, or long. */
const LONG = [
  "' OR 1=1 --",
  'a & | b',
  'or or',
  '"" ""',
  '🙂 or 🙂',
  '\r\n',
  'a'.repeat(500),
  '🙂'.repeat(250),
  'Ⱥ'.repeat(500),
  '- '.repeat(250),
  '-('.repeat(250),
  '-🙂 '.repeat(120),
  '" '.repeat(250),
  'a or '.repeat(100),
  '-a '.repeat(166),
];

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

async function someone(): Promise<ApiClient> {
  return app.as(await app.given.signedIn());
}

/** Conversations of many messages that were there before, past the API: one word of `rare` in every thousandth. */
async function givenMany(user: SignedIn, conversations: number, messages: number): Promise<void> {
  await app.database.query(
    `INSERT INTO conversations (id, organization_id, user_id, title, message_count, updated_at)
     SELECT gen_random_uuid(), $1, $2, 'talk ' || n, $4, now() FROM generate_series(1, $3) AS n`,
    [user.organizationId, user.id, conversations, messages],
  );
  await app.database.query(
    `INSERT INTO conversation_messages (id, organization_id, user_id, conversation_id, query, response)
     SELECT gen_random_uuid(), c.organization_id, c.user_id, c.id, 'common question ' || n,
            'common answer with some words that fill the page a little: ' || md5(c.id::text || n)
            || CASE WHEN n = 7 AND c.title LIKE '%00' THEN ' zebra' ELSE '' END
     FROM conversations c, generate_series(1, $2) AS n WHERE c.user_id = $1`,
    [user.id, messages],
  );
}

/** First: a connection may tell of what it looked into before ten seconds later. */
describe('the search indexes', () => {
  /** How often each index was looked into, and the messages read through from end to end. */
  async function looks(): Promise<Record<string, number>> {
    const rows = await app.database.query<{ name: string; times: number }>(
      `SELECT indexrelname AS name, idx_scan::int AS times FROM pg_stat_user_indexes
       WHERE indexrelname = 'conversation_search_words_idx'
       UNION ALL SELECT relname || ' from end to end', seq_scan::int FROM pg_stat_user_tables
       WHERE relname LIKE 'conversation%'`,
    );
    return Object.fromEntries(rows.map(({ name, times }) => [name, times]));
  }

  it('serve what the API asks, among thousands of messages', async () => {
    const [user, busy] = [await app.given.signedIn(), await app.given.signedIn()];
    await givenMany(user, 100, 40);
    await givenMany(busy, 4000, 1);
    // As autovacuum does, by and by.
    await app.database.query('VACUUM ANALYZE conversations, conversation_messages, conversation_search');
    const before = await looks();
    const client = app.as(user);
    await eventually(
      async () => {
        expect(await found(client, '/conversations', 'zebra')).toHaveLength(1);
        const after = await looks();
        expect(after.conversation_search_words_idx).toBeGreaterThan(
          before.conversation_search_words_idx ?? 0,
        );
        expect(after['conversation_search from end to end']).toBe(
          before['conversation_search from end to end'],
        );
        expect(after['conversation_messages from end to end']).toBe(
          before['conversation_messages from end to end'],
        );
      },
      // A connection reports what it did once a second at most.
      { within: 10_000 },
    );
  });
});

describe('a search', () => {
  it('finds conversations by title, by question and by answer, newest first', async () => {
    const client = await someone();
    const byTitle = await begun(client, 'Giraffe prices');
    const byQuery = await begun(client);
    await said(client, byQuery, 'What does a GIRAFFE eat?');
    const byAnswer = await begun(client, 'Zoo');
    await said(client, byAnswer, 'Which one is tall?', 'the giraffe, the giraffe');
    await said(client, byAnswer, 'Another giraffe?');
    await said(client, await begun(client, 'Zebras'), 'stripes');
    expect(await found(client, '/conversations', 'giraffe')).toEqual([byAnswer, byQuery, byTitle]);
    const { body: first } = await client.get('/conversations?q=giraffe&limit=2');
    expect(first.items).toHaveLength(2);
    const { body: second } = await client.get(`/conversations?q=giraffe&limit=2&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ items: [{ id: byTitle }], next_cursor: null });
  });

  it('finds messages within one conversation only', async () => {
    const client = await someone();
    const [here, there] = [await begun(client), await begun(client)];
    const first = await said(client, here, 'elephant one');
    await said(client, here, 'something else');
    const second = await said(client, here, 'two', 'an elephant too');
    await said(client, there, 'elephant elsewhere');
    expect(await found(client, `/conversations/${here}/messages`, 'elephant')).toEqual([second, first]);
    const { body: page } = await client.get(`/conversations/${here}/messages?q=elephant&limit=1`);
    expect(page.items[0].id).toBe(second);
    const next = await client.get(
      `/conversations/${here}/messages?q=elephant&limit=1&cursor=${page.next_cursor}`,
    );
    expect(next.body).toMatchObject({ items: [{ id: first }], next_cursor: null });
  });

  it('keeps its place while matches are added', async () => {
    const client = await someone();
    const ids: string[] = [];
    for (let n = 0; n < 4; n++) ids.unshift(await begun(client, `okapi ${n}`));
    const { body: first } = await client.get('/conversations?q=okapi&limit=2');
    await said(client, await begun(client), 'okapi again');
    await said(client, ids[3] ?? '', 'okapi once more');
    const { body: second } = await client.get(`/conversations?q=okapi&limit=2&cursor=${first.next_cursor}`);
    expect(idsOf(second)).toEqual(ids.slice(2));
  });

  it('knows phrases, or, not, and that every word counts', async () => {
    const client = await someone();
    const id = await begun(client);
    const path = `/conversations/${id}/messages`;
    const [red, blue, both] = [
      await said(client, id, 'the red fox jumps'),
      await said(client, id, 'the blue fox sleeps'),
      await said(client, id, 'fox red and blue'),
    ];
    expect(await found(client, path, 'fox')).toEqual([both, blue, red]);
    expect(await found(client, path, 'red blue')).toEqual([both]);
    expect(await found(client, path, '"red fox"')).toEqual([red]);
    expect(await found(client, path, 'jumps or sleeps')).toEqual([blue, red]);
    expect(await found(client, path, 'fox -blue')).toEqual([red]);
    expect(await found(client, path, '-blue')).toEqual([red]);
    expect(await found(client, path, 'fo')).toEqual([]);
  });

  it('asked for what is not there looks at the searcher’s own only', async () => {
    const [client, other] = [await someone(), await someone()];
    const id = await begun(client, 'alone');
    await begun(other, 'somebody else’s');
    expect(await found(client, '/conversations', '-unheard')).toEqual([id]);
  });

  it('knows letters of every language, without regard to case', async () => {
    const client = await someone();
    const id = await begun(client, 'ÄRGER im Überfluss, Привет мир, 日本語 テスト');
    for (const q of ['ärger', 'ÜBERFLUSS', 'привет', '日本語', '"im überfluss"'])
      expect(await found(client, '/conversations', q)).toEqual([id]);
  });
});

describe('an odd search', () => {
  let client: ApiClient;
  let id: string;
  beforeAll(async () => {
    client = await someone();
    id = await begun(client, 'plain title');
    await said(client, id, 'plain question');
    await begun(await someone(), 'plain title of somebody else');
  });

  async function expectOwn(q: string): Promise<void> {
    for (const one of await found(client, '/conversations', q)) expect(one).toBe(id);
    await found(client, `/conversations/${id}/messages`, q);
  }

  it('is answered, never with what is somebody else’s', async () => {
    for (const q of [...ODD.split(/[ \n]+/), ...LONG]) await expectOwn(q);
  });

  it('is answered whatever it is made of', async () => {
    const signs = [...Array.from('-"" or a🙂!&|():*\\\'\n\u0085\u2003'), ' or ', '<->'];
    const words = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 100 }),
      fc.array(fc.constantFrom(...signs), { maxLength: 100 }).map((parts) => parts.join('')),
    );
    const answered = fc.asyncProperty(words, async (anything) => {
      // NUL is refused before.
      await expectOwn(anything.replaceAll('\0', ' ').toWellFormed());
    });
    await fc.assert(answered, { numRuns: 100 });
  });

  it('of signs alone finds nothing rather than everything', async () => {
    for (const q of ['!!', '"', '-', '- -', '&|', '-""'])
      expect([q, await found(client, '/conversations', q)]).toEqual([q, []]);
  });

  it.each(['', ' ', '\t'])('for nothing (%j) lists everything', async (q) => {
    expect(await found(client, '/conversations', q)).toContain(id);
  });
});

/** The longest text of numbered parts that a message may have, less `room` bytes. */
function textOf(part: (n: number) => string, room: number): string {
  let text = '';
  for (let n = room, left = 65_536 - room; ; n++) {
    left -= Buffer.byteLength(part(n));
    if (left < 0) return text;
    text += part(n);
  }
}

describe('what is searched', () => {
  it.each<[string, (n: string) => string]>([
    ['one endless word', () => 'x'],
    ['a word each', (n) => `${n} `],
    ['compounds', (n) => `${n}-é${n}-ü `],
    ['addresses', (n) => `a.co/${n}?x=${n} `],
    ['rare letters', (n) => `${String.fromCodePoint(0x4e00 + (parseInt(n, 36) % 20_000))} `],
    ['paths', (n) => `/${n}`],
    ['one long compound', (n) => `-${n}`],
    ['tags', (n) => `<a${n} b="c">`],
    ['mail', (n) => `${n}@${n}.co `],
  ])('may be 64 KiB of %s, asked and answered', async (_, part) => {
    const client = await someone();
    const conversation = await begun(client);
    const numbered = (n: number) => part(n.toString(36));
    await said(client, conversation, textOf(numbered, 0), `needle ${textOf(numbered, 7)}`);
    expect(await found(client, `/conversations/${conversation}/messages`, 'needle')).toHaveLength(1);
  });
});
