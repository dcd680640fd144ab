import fc from 'fast-check';
import { AppError } from '../../common/errors/app-error.js';
import { HandshakeAuth, problemOf, readMessage, SubscribeRequest } from './socket-protocol.js';

const SESSION = '01900000-0000-7000-8000-00000000dead';

const deep = (depth: number, inside: unknown = null): unknown =>
  depth === 0 ? inside : JSON.parse(`${'{"a":'.repeat(depth)}null${'}'.repeat(depth)}`);
const anything = fc.oneof(
  fc.anything({ withNullPrototype: true, withTypedArray: true, withSparseArray: true, withBigInt: true }),
  fc.json().map((text) => JSON.parse(text) as unknown),
  fc.constantFrom<unknown>(deep(40), deep(100_000), '\ud800', NaN, -0, 1e308, Buffer.alloc(100), SESSION),
);
const member = fc.constantFrom('session_id', 'last_seq', 'token', '__proto__', 'constructor', 'then', 'x');
/** A message some of whose members are what they should be. */
const nearly = fc.array(fc.tuple(member, anything), { maxLength: 4 }).chain((members) =>
  fc.constantFrom({}, { session_id: SESSION }, { session_id: SESSION, last_seq: 3 }).map((good) => {
    const message: Record<string, unknown> = { ...good };
    for (const [name, value] of members)
      Object.defineProperty(message, name, { value, enumerable: true, configurable: true, writable: true });
    return message;
  }),
);

describe.each([
  ['a handshake', HandshakeAuth],
  ['a subscription', SubscribeRequest],
])('%s', (_, Message) => {
  it('of anything at all names a session, or is refused as the caller’s mistake', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, nearly), async (sent) => {
        const read = await readMessage(Message, sent).catch((error: unknown) => error);
        if (read instanceof AppError) {
          expect(problemOf(read)).toMatchObject({ status: 400, errors: expect.any(Array) });
          return;
        }
        expect(read).toBeInstanceOf(Message);
        const { session_id: id, last_seq: seq } = read as SubscribeRequest;
        expect(id).toMatch(/^[0-9a-f-]{36}$/i);
        expect(seq == null || (Number.isSafeInteger(seq) && seq >= 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('is taken as it is meant', async () => {
    const seq = fc.option(fc.maxSafeNat(), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.uuid(), seq, async (id, last) => {
        const sent = { session_id: id, ...(last === undefined ? {} : { last_seq: last }) };
        expect(Object.fromEntries(Object.entries(await readMessage(Message, sent)))).toEqual(sent);
      }),
      { numRuns: 50 },
    );
  });
});
