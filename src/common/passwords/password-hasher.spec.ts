import { jest } from '@jest/globals';
import argon2, { type Options } from 'argon2';
import bcrypt from 'bcrypt';
import fc from 'fast-check';
import { AppError } from '../errors/app-error.js';
import { ARGON2_OPTIONS, MAX_WAITING, PasswordHasher } from './password-hasher.js';

/** Not `binary`, which takes seconds to think of all text there is. */
const unit = fc.nat(0xd7ff).map((code) => String.fromCodePoint(code));
const OURS = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/;
const matched = { matches: true, needsRehash: true };
const refused = { matches: false, needsRehash: false };

/** One cheap iteration, so that queues of hundreds run in no time. Python: hashlib.pbkdf2_hmac. */
const CHEAP =
  'pbkdf2:sha256:1000$VkN9ogtDiMl8nnPK$02c83fe10e1807759eadebf836f470a834bcefe8454f2a0c90de24b57341f7c8';

/** Made by werkzeug.security.generate_password_hash of Werkzeug 3.1.8 on Python 3.11. */
const WERKZEUG: readonly (readonly [password: string, stored: string])[] = [
  [
    'correct horse battery',
    'pbkdf2:sha256:600000$HtueOjysS6uFB3k7$ce9e9a5e1e75455ffbf3f83246ad832ed73b6e191825de8b69c89e9c97fc33a5',
  ],
  [
    'legacy password 1',
    'pbkdf2:sha256:150000$72lJigIP8iOE1MR5$b3917525d697624a56c9cc2ff8d61df90d004e088f0adc1826bdc691e88609f2',
  ],
  [
    'Zażółć gęślą jaźń ✨',
    'pbkdf2:sha256:260000$bQiRIFrgJ3dhMGMU$803aa0c05f65c3fb044b8a7a79fee9658dbe8e9edefc5c00597daadd18ae9009',
  ],
  ['quick', CHEAP],
  // No count: 260 000 are assumed. Python: hashlib.pbkdf2_hmac.
  ['no count', 'pbkdf2:sha256$Yr7mJq2b$e24de1c2db52569608175efb82485a3dc7607146083315c6f46c22fe786c827d'],
];

/** Made by crypt(3) of libxcrypt, not by the library that verifies them. */
const BCRYPT: readonly (readonly [password: string, stored: string])[] = [
  ['legacy pass phrase', '$2y$10$N9qo8uLOickgx2ZMRZoMyeFFpFrEdih2tq3XNcoh9.6dgpX.IF/2m'],
  ['legacy pass phrase', '$2a$08$N9qo8uLOickgx2ZMRZoMye.an2./o3zKjdY/TU8FMbTvZnSoUbjoi'],
  ['legacy pass phrase', '$2b$04$N9qo8uLOickgx2ZMRZoMyekT2ejd2PYuhE7gAPXk32pU6sPYV/o8S'],
  ['é'.repeat(40), '$2y$04$abcdefghijklmnopqrstuuKiIlCeXB6chNXkLyAo8C7XcLPzh6zUe'],
  ['a'.repeat(300), '$2a$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe'],
];

const hasher = new PasswordHasher();

afterEach(() => jest.restoreAllMocks());

describe('a new hash', () => {
  it('is argon2id of 19 MiB, two passes, one lane', async () => {
    await expect(hasher.hash('violet kettle orbit 47 maple')).resolves.toMatch(OURS);
  });

  it('is salted', async () => {
    expect(await hasher.hash('same')).not.toBe(await hasher.hash('same'));
  });

  it('verifies its own password, whatever the characters, and needs no rehash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 128 }), async (password) => {
        const stored = await hasher.hash(password);
        expect(hasher.isSupported(stored)).toBe(true);
        expect(await hasher.verify(stored, password)).toEqual({ matches: true, needsRehash: false });
      }),
      { numRuns: 25 },
    );
  });

  it('refuses a near miss: one character changed, added, dropped or in other case', async () => {
    const nearMisses = (p: string): string[] => [
      `${p} `,
      `${p}\0`,
      ` ${p}`,
      p.slice(1),
      p.slice(0, -1),
      `x${p.slice(1)}`,
      p.toUpperCase(),
    ];
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-w][a-z0-9 ]{7,40}$/), fc.nat(6), async (password, which) => {
        const wrong = nearMisses(password)[which] ?? '';
        expect(await hasher.verify(await hasher.hash(password), wrong)).toEqual(refused);
      }),
      { numRuns: 20 },
    );
  });

  it('takes composed and decomposed letters for the same password', async () => {
    const stored = await hasher.hash('cafe\u0301 noir');
    expect((await hasher.verify(stored, 'caf\u00e9 noir')).matches).toBe(true);
  });

  it.each([
    ['lone surrogates', '\ud800abc\udfff'],
    ['NUL', 'abc\0def'],
    ['nothing', ''],
    ['128 emoji', '👩‍🚀🔥'.repeat(32)],
    ['100 kB', 'x'.repeat(100_000)],
  ])('takes %s without throwing', async (_, password) => {
    expect((await hasher.verify(await hasher.hash(password), password)).matches).toBe(true);
    for (const [, stored] of [BCRYPT[2], WERKZEUG[3]].filter((pair) => pair !== undefined)) {
      expect(await hasher.verify(stored, password)).toEqual(refused);
    }
  });
});

describe('an older hash', () => {
  it.each(WERKZEUG)('of Werkzeug verifies %j and wants an upgrade', async (password, stored) => {
    expect(hasher.isSupported(stored)).toBe(true);
    expect(await hasher.verify(stored, password)).toEqual(matched);
    expect(await hasher.verify(stored, `${password}x`)).toEqual(refused);
  });

  it.each(BCRYPT)('of bcrypt verifies %j and wants an upgrade', async (password, stored) => {
    expect(hasher.isSupported(stored)).toBe(true);
    expect(await hasher.verify(stored, password)).toEqual(matched);
    expect(await hasher.verify(stored, `x${password}`)).toEqual(refused);
  });

  it('of the npm bcrypt is cut at 72 bytes as bcrypt is, and matches no password with a NUL', async () => {
    const stored = await bcrypt.hash('abc', 4);
    expect(await hasher.verify(stored, 'abc')).toEqual(matched);
    expect(await bcrypt.compare('abc\0abc', stored)).toBe(true);
    expect(await hasher.verify(stored, 'abc\0abc')).toEqual(refused);
    const long = await bcrypt.hash('0123456789'.repeat(8), 4);
    expect((await hasher.verify(long, '0123456789'.repeat(7) + '01 else')).matches).toBe(true);
    expect((await hasher.verify(long, '0123456789'.repeat(7) + '00')).matches).toBe(false);
  });

  it.each<[string, Options]>([
    ['more memory', { memoryCost: 32_768 }],
    ['fewer passes', { timeCost: 1, memoryCost: 8192 }],
    ['more lanes', { parallelism: 2 }],
    ['argon2i', { type: argon2.argon2i }],
    ['argon2d', { type: argon2.argon2d }],
    ['version 1.0', { version: 0x10 }],
    ['a shorter hash', { hashLength: 16 }],
  ])('of argon2 with %s verifies and wants an upgrade', async (_, options) => {
    const stored = await argon2.hash('elsewhere', { ...ARGON2_OPTIONS, ...options });
    expect(await hasher.verify(stored, 'elsewhere')).toEqual(matched);
    expect(await hasher.verify(stored, 'elsewhere?')).toEqual(refused);
  });
});

describe('nothing to compare with', () => {
  const unreadable = [
    '$argon2id$v=19$m=19456,m=19456,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
    '$argon2id$v=19$m=19456,t=2,p=1,$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
    ...['', '!'],
    'x'.repeat(100_000),
    'sha256$salt$0cc175b9c0f1b6a831c399e269772661',
    'pbkdf2:sha512:1000$salt$' + 'a'.repeat(128),
    'pbkdf2:sha256:10000001$salt$' + 'a'.repeat(64),
    'pbkdf2:sha256:0$salt$' + 'a'.repeat(64),
    'pbkdf2:sha256:-1$salt$' + 'a'.repeat(64),
    'pbkdf2:sha256:1000$salt$' + 'a'.repeat(63),
    'pbkdf2:sha256:1000$$' + 'a'.repeat(64),
    '$2b$31$N9qo8uLOickgx2ZMRZoMyekT2ejd2PYuhE7gAPXk32pU6sPYV/o8S',
    '$2b$03$N9qo8uLOickgx2ZMRZoMyekT2ejd2PYuhE7gAPXk32pU6sPYV/o8S',
    '$2x$04$N9qo8uLOickgx2ZMRZoMyekT2ejd2PYuhE7gAPXk32pU6sPYV/o8S',
    '$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
    '$argon2id$v=19$m=19456,t=999,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
    '$argon2id$v=19$m=16,t=2,p=4$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
    '$argon2id$v=19$m=19456,t=0,p=0$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
    '$argon2id$v=20$m=19456,t=2,p=1$c29tZXNhbHRzb21l$aGFzaGhhc2hoYXNoaGFzaGhhc2g',
    '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21l$',
  ];

  it.each<string | null>([null, ...unreadable])(
    'costs one argon2id run of our own parameters: %.60s',
    async (stored) => {
      const verify = jest.spyOn(argon2, 'verify');
      expect(await hasher.verify(stored, 'any password')).toEqual(refused);
      expect(verify).toHaveBeenCalledTimes(1);
      expect(verify.mock.calls[0]?.[0]).toMatch(OURS);
      if (stored !== null) expect(hasher.isSupported(stored)).toBe(false);
    },
  );

  it('takes about as long as a real account', async () => {
    const stored = await hasher.hash('a real password');
    const timed = async (hash: string | null): Promise<number> => {
      const start = performance.now();
      await hasher.verify(hash, 'a wrong password');
      return performance.now() - start;
    };
    // Interleaved and by median, with wide bounds: a busy machine slows both alike.
    const [real, none]: [number[], number[]] = [[], []];
    for (let i = 0; i < 15; i += 1) {
      real.push(await timed(stored));
      none.push(await timed(null));
    }
    const ratio = median(none) / median(real);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('never throws, whatever is stored', async () => {
    const shapes = fc.oneof(
      fc.string({ unit, maxLength: 80 }),
      fc.stringMatching(
        /^\$argon2(id|i|d)\$v=\d{1,2}\$m=\d{1,5},t=\d,p=\d\$[A-Za-z0-9+/]{0,30}\$[A-Za-z0-9+/]{0,50}$/,
      ),
      fc.stringMatching(/^\$2[aby]\$0\d\$[./A-Za-z0-9]{52,54}$/),
      fc.stringMatching(/^pbkdf2:sha256(:\d{0,4})?\$[^$]{0,9}\$[0-9a-f]{63,64}$/),
    );
    await fc.assert(
      fc.asyncProperty(shapes, fc.string({ unit }), async (stored, password) => {
        expect(await hasher.verify(stored, password)).toEqual(refused);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a storm of logins', () => {
  it('is refused with 503 and Retry-After beyond the queue, while those let in succeed', async () => {
    const storm = Array.from({ length: MAX_WAITING * 2 }, () => hasher.verify(CHEAP, 'quick'));
    const outcomes = await Promise.allSettled(storm);
    const served = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    const turnedAway = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(served.length).toBeGreaterThan(MAX_WAITING);
    expect(served.length).toBeLessThanOrEqual(MAX_WAITING + 3);
    expect(served.every(({ value }) => value.matches)).toBe(true);
    for (const { reason } of turnedAway) {
      expect(reason).toBeInstanceOf(AppError);
      expect(reason).toMatchObject({
        status: 503,
        code: 'password_hashing_busy',
        headers: { 'Retry-After': '3' },
      });
    }
    expect(turnedAway.length).toBe(outcomes.length - served.length);
    await expect(hasher.verify(CHEAP, 'quick')).resolves.toEqual(matched);
  });

  it('leaves the event loop free', async () => {
    const storm = Promise.all(Array.from({ length: 20 }, () => hasher.verify(null, 'wrong')));
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    await storm;
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
