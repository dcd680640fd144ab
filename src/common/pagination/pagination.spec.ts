import fc from 'fast-check';
import { newId } from '../crypto/ids.js';
import { AppError } from '../errors/app-error.js';
import { cursorAt, pageBy, pageOf, readCursor, readPosition } from './pagination.js';

/** Any that text may have: fast-check's own `binary` takes seconds to think of them all. */
const unit = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

const ID = /^[0-9a-f-]{36}$/;

/** What reading gives; null where it is refused, as it should be. */
function refusedOr<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ status: 400, errors: [{ field: 'cursor' }] });
    return null;
  }
}

describe('a cursor', () => {
  it('of any text is an id or refused', () => {
    const text = fc.oneof(
      fc.string({ unit, maxLength: 80 }),
      fc.base64String({ maxLength: 80 }),
      fc.string({ unit, maxLength: 40 }).map((it) => Buffer.from(it).toString('base64url')),
      fc.uuid().map((id) => Buffer.from(`${id}'`).toString('base64url')),
    );
    fc.assert(
      fc.property(text, (cursor) => {
        const read = refusedOr(() => readCursor(cursor));
        if (read !== null) expect(read.id).toMatch(ID);
      }),
      { numRuns: 300 },
    );
  });

  it('leads on from the very row that it was made of', () => {
    fc.assert(fc.property(fc.uuid(), (id) => readCursor(cursorAt({ id }))?.id === id));
    expect(readCursor(undefined)).toBeNull();
  });

  it('goes through all rows once, whatever the size of a page', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', 'b', '~', ' ', ':', '/'),
      minLength: 1,
      maxLength: 6,
    });
    const rows = fc.uniqueArray(key, { maxLength: 20 }).map((keys) => keys.sort().reverse());
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 7 }), (all, limit) => {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const before = readPosition(cursor, (text) => all.includes(text));
          const rest = all.filter((row) => before === null || row < before).slice(0, limit + 1);
          const page = pageBy(
            rest,
            limit,
            (row) => row,
            (row) => row,
          );
          seen.push(...page.items);
          cursor = page.next_cursor ?? undefined;
        } while (cursor !== undefined && seen.length <= all.length);
        expect(seen).toEqual(all);
      }),
    );
  });

  it('is none where nothing follows', () => {
    const rows = Array.from({ length: 3 }, () => ({ id: newId() }));
    expect(pageOf(rows, 3, ({ id }) => id).next_cursor).toBeNull();
    expect(readCursor(pageOf(rows, 2, ({ id }) => id).next_cursor ?? '')).toEqual(rows[1]);
    expect(pageOf([], 2, ({ id }) => id)).toEqual({ items: [], next_cursor: null });
  });
});
