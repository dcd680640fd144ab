import fc from 'fast-check';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { begun, found, said } from '../support/conversations.js';

/** Any that text may have: fast-check's own `binary` takes seconds to think of them all. */
const unit = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

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
let client: ApiClient;
let id: string;
beforeAll(async () => {
  app = await TestApp.start();
  client = app.as(await app.given.signedIn());
  id = await begun(client, 'plain title');
  await said(client, id, 'plain question');
  await begun(app.as(await app.given.signedIn()), 'plain title of somebody else');
});
afterAll(() => app.stop());

async function expectOwn(q: string): Promise<void> {
  for (const one of await found(client, '/conversations', q)) expect(one).toBe(id);
  await found(client, `/conversations/${id}/messages`, q);
}

/** The longest text of numbered parts that a message may have, less `room` bytes. */
function textOf(part: (n: number) => string, room: number): string {
  let text = '';
  for (let n = room, left = 65_536 - room; ; n++) {
    left -= Buffer.byteLength(part(n));
    if (left < 0) return text;
    text += part(n);
  }
}

describe('an odd search', () => {
  it('is answered, never with what is somebody else’s', async () => {
    for (const q of [...ODD.split(/[ \n]+/), ...LONG]) await expectOwn(q);
  });

  it('is answered whatever it is made of', async () => {
    const signs = [...Array.from('-"" or a🙂!&|():*\\\'\n\u0085\u2003'), ' or ', '<->'];
    const words = fc.oneof(
      fc.string({ unit, maxLength: 100 }),
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
    const conversation = await begun(client);
    const numbered = (n: number) => part(n.toString(36));
    await said(client, conversation, textOf(numbered, 0), `needle ${textOf(numbered, 7)}`);
    expect(await found(client, `/conversations/${conversation}/messages`, 'needle')).toHaveLength(1);
  });
});
