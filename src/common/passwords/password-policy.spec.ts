import fc from 'fast-check';
import { checkPassword, MAX_LENGTH } from './password-policy.js';

/** Any that text may have: fast-check's own `binary` takes seconds to think of them all. */
const unit = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

const nobody = { words: [] };
const jan = { words: ['jkow', 'jan.kowalski@example.com', 'Jan Kowalski-Nowak'] };

const common = expect.stringContaining('first to be guessed');
const run = expect.stringContaining('runs');
const own = expect.stringContaining('your own name');

describe('length', () => {
  it.each([
    ['kX9#vq2Lm4z', nobody, ['Use at least 12 characters.']],
    ['kX9#vq2Lm4zT', nobody, []],
    ['kX9#vq2', { words: [], mfaEnabled: true }, ['Use at least 8 characters.']],
    ['kX9#vq2L', { words: [], mfaEnabled: true }, []],
    ['kX9#vq2L', { words: [], mfaEnabled: false }, ['Use at least 12 characters.']],
  ])('of %j', (password, context, expected) => {
    expect(checkPassword(password, context)).toEqual(expected);
  });

  it('counts code points, composed', () => {
    const emoji = '🦊🚀🌵🧀🎻🪐🦉🍋🧭🛶🎲🕯';
    expect(checkPassword(emoji, nobody)).toEqual([]);
    expect(checkPassword(emoji.slice(2), nobody)).toEqual(['Use at least 12 characters.']);
    // Eleven letters, one of them decomposed.
    expect(checkPassword('kXvqe\u0301Lm4zTw', nobody)).toEqual(['Use at least 12 characters.']);
  });

  it('ends at 128 characters and says nothing else', () => {
    const long = 'violet kettle orbit 47 maple '.repeat(10);
    expect(checkPassword(long.slice(0, MAX_LENGTH), nobody)).toEqual([]);
    expect(checkPassword(long.slice(0, MAX_LENGTH + 1), nobody)).toEqual(['Use at most 128 characters.']);
    expect(checkPassword('a'.repeat(1_000_000), nobody)).toEqual(['Use at most 128 characters.']);
  });
});

it.each(['violet\0kettle orbit', 'violet kettle \ud83d orbit', '\udc00violet kettle orbit'])(
  'refuses what cannot be typed again: %j',
  (password) => expect(checkPassword(password, nobody)).toEqual([expect.stringContaining('NUL')]),
);

describe('good passwords pass', () => {
  it.each([
    'violet kettle orbit 47 maple',
    'correct horse battery staple',
    'kettle-violet-orbit',
    'my dog eats 3 socks a day',
    'żółta łódź płynie nocą',
    '我喜欢在雨天喝热茶和看书',
    'T7#mQz!9vLp2',
    '7391-5820-4417',
    'jfkw mxqz plor',
    'k7f3m9x2q8w5',
  ])('%s', (password) => expect(checkPassword(password, jan)).toEqual([]));
});

describe('common passwords are refused', () => {
  it.each([
    'administrator',
    'AdminiStrator',
    '1qaz2wsx3edc',
    'password1234',
    'Password123!',
    'P@ssw0rd2024!',
    'pa55w0rd!!!!',
    '123password456',
    'qwertyuiop12',
    'l3tm31n!!!!!!',
    '4dm1n1str4t0r',
    'ch3ls34!!!!!',
    'iloveyou2023',
    'final fantasy',
    'p.a.s.s.w.o.r.d.1',
    'ｐａｓｓｗｏｒｄ１２３４',
    'passwordpassword',
    'Password-Password1',
    'admin1234567',
    'love20202020',
  ])('%s', (password) => expect(checkPassword(password, nobody)).toContainEqual(common));
});

describe('repetition and runs are refused', () => {
  it.each([
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'abcabcabcabca',
    '123456789012',
    '987654321098',
    'abcdefghijkl',
    'ABCD-efgh-IJKL',
    'aaabbbcccddd',
    'asdfqwerzxcv',
    'qwer1234asdf',
    'k7#mk7#mk7#m',
    'k7#mk7#mk7#m2024',
    '------------',
    '🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥🔥',
  ])('%s', (password) => expect(checkPassword(password, nobody)).toContainEqual(run));

  it('at eight characters as well', () => {
    const context = { words: [], mfaEnabled: true };
    for (const password of ['abcd1234', 'abxyabxy', '12345678', 'zzzzzzzz']) {
      expect(checkPassword(password, context)).toContainEqual(run);
    }
  });
});

describe("the owner's words", () => {
  it.each([
    'jan.kowalski@example.com',
    'JanKowalski1985',
    'kowalski-1985!',
    'K0walsk1!!1985',
    'NowakKowalski',
    'jkow12345678',
    'jkowjkow99!!x',
    'Cloudkeep2026!',
    'cl0udk33p-2026',
    'my-cloudkeep-1',
    'cloudkeeppassword',
  ])('make no password: %s', (password) => expect(checkPassword(password, jan)).toContainEqual(own));

  it.each(['kowalski eats violet kettles', 'cloudkeep vault T7#mQz', 'a janitor sweeps nightly'])(
    'may be part of one: %s',
    (password) => expect(checkPassword(password, jan)).toEqual([]),
  );

  it('cost next to nothing to compare with, however many a hostile body holds', () => {
    const hostile = Array.from({ length: 200_000 }, (_, i) => i.toString(36).padStart(4, 'q')).join(' ');
    // Reads its list of common ones, once.
    checkPassword('violet kettle orbit', { words: [] });
    const start = performance.now();
    checkPassword('violet kettle orbit', { words: [hostile] });
    expect(performance.now() - start).toBeLessThan(250);
  });

  it('too short to mean anything are let be', () => {
    const context = { words: ['a', 'al', '', '@', ' ', '...'] };
    expect(checkPassword('violet kettle orbit', context)).toEqual([]);
  });
});

describe('for any text', () => {
  const text = fc.string({ unit, maxLength: 300 });

  it('never throws and answers with distinct sentences that do not quote the password', () => {
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 4 }), fc.boolean(), (password, words, mfaEnabled) => {
        const complaints = checkPassword(password, { words, mfaEnabled });
        expect(new Set(complaints).size).toBe(complaints.length);
        for (const complaint of complaints) expect(complaint).toMatch(/^[A-Z].*\.$/);
        const quotable = password.length >= 8 ? complaints.join(' ').includes(password) : false;
        expect(quotable).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('passes random passwords of a generator', () => {
    // A stretch of base64url of 128 bits, as password managers make them.
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        fc.pre(new Set(bytes).size > 12);
        expect(checkPassword(Buffer.from(bytes).toString('base64url'), jan)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a name with any digits after it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9!?.]{4,20}$/), (tail) => {
        expect(checkPassword(`Kowalski${tail}`, jan)).toContainEqual(own);
      }),
    );
  });
});
