import fc from 'fast-check';
import { etagOf, ifMatchHolds, ifRangeHolds, isKnown, preconditionsHold, rangeIn } from './conditions.js';

/** Any that text may have: fast-check's own `binary` takes seconds to think of them all. */
const unit = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

const SHA256 = 'ab'.repeat(32);
const MODIFIED = new Date('2026-11-21T10:20:30.456Z');

const size = fc.oneof(fc.constantFrom(0, 1), fc.nat({ max: 10 ** 12 }));
/** What stands in a `Range`, put together as nobody meant it. */
const rangeLike = fc
  .array(
    fc.oneof(
      fc.constantFrom('bytes', 'BYTES=', 'bytes=', '=', '-', '--', ',', ' ', '0', '-0', '-1', '\t', 'items='),
      fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String),
      fc.string({ unit, maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''));

describe('a range', () => {
  it('of any text stays within the file, or is none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          rangeLike,
          rangeLike.map((text) => `bytes=${text}`),
        ),
        size,
        (text, bytes) => {
          const range = rangeIn(text, bytes);
          if (range === null || range === 'unsatisfiable') return;
          const { start, end } = range;
          expect([start, end].every(Number.isSafeInteger)).toBe(true);
          expect([start >= 0, start <= end, end < bytes]).toEqual([true, true, true]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('within the file is what was asked for', () => {
    const within = fc
      .tuple(fc.nat(10 ** 9), fc.nat(10 ** 9), fc.nat(10 ** 9))
      .map((three) => three.sort((a, b) => a - b));
    fc.assert(
      fc.property(within, ([start, end, more]) => {
        const bytes = more + 1;
        expect(rangeIn(`bytes=${start}-${end}`, bytes)).toEqual({ start, end });
        expect(rangeIn(`bytes=${start}-`, bytes)).toEqual({ start, end: bytes - 1 });
        expect(rangeIn(`bytes=${start}-${bytes + end}`, bytes)).toEqual({ start, end: bytes - 1 });
        expect(rangeIn(`bytes=-${end + 1}`, bytes)).toEqual({ start: bytes - end - 1, end: bytes - 1 });
        expect(rangeIn(`bytes=-${bytes + end}`, bytes)).toEqual({ start: 0, end: bytes - 1 });
      }),
    );
  });

  it.each([
    ['bytes=5-', 5],
    ['bytes=-0', 5],
    ['bytes=4-3', 5],
    ['bytes=0-0', 0],
    ['bytes=-1', 0],
    ['bytes=0-1,3-4', 5],
  ])('%s of %d bytes can not be had', (text, bytes) => expect(rangeIn(text, bytes)).toBe('unsatisfiable'));
});

describe('a condition', () => {
  it('by a time goes by whole seconds', () => {
    const second = new Date(Math.floor(MODIFIED.getTime() / 1000) * 1000);
    const answers = (time: Date) => [
      isKnown({ 'if-modified-since': time.toUTCString() }, SHA256, MODIFIED),
      preconditionsHold({ 'if-unmodified-since': time.toUTCString() }, SHA256, MODIFIED),
      ifRangeHolds(time.toUTCString(), SHA256, MODIFIED),
    ];
    expect(answers(second)).toEqual([true, true, true]);
    expect(answers(new Date(second.getTime() - 1000))).toEqual([false, false, false]);
  });

  it('of any text is met or not, and by nothing but our tag, a star or a time', () => {
    const text = fc.oneof(
      fc.string({ unit, maxLength: 40 }),
      fc.constantFrom('*', '"', 'W/', etagOf('0'.repeat(64)), `W/${etagOf(SHA256)}`, ',', ', ,', 'never'),
    );
    fc.assert(
      fc.property(text, (value) => {
        const known = isKnown({ 'if-none-match': value }, SHA256, MODIFIED);
        expect(known).toBe(value === '*' || value === `W/${etagOf(SHA256)}` || value.trim() === '*');
        expect(ifMatchHolds(value, SHA256)).toBe(value.trim() === '*');
        expect(typeof ifRangeHolds(value, SHA256, MODIFIED)).toBe('boolean');
        for (const name of ['if-modified-since', 'if-unmodified-since']) {
          expect(typeof isKnown({ [name]: value }, SHA256, MODIFIED)).toBe('boolean');
          expect(typeof preconditionsHold({ [name]: value }, SHA256, MODIFIED)).toBe('boolean');
        }
      }),
    );
  });

  it('names our tag among any others', () => {
    const others = fc.array(fc.stringMatching(/^(W\/)?"[a-z]{0,8}"$/), { maxLength: 4 });
    fc.assert(
      fc.property(others, others, (before, after) => {
        const list = [...before, etagOf(SHA256), ...after].join(', ');
        expect(ifMatchHolds(list, SHA256)).toBe(true);
        expect(isKnown({ 'if-none-match': list }, SHA256, MODIFIED)).toBe(true);
      }),
    );
  });
});
