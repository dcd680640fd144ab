import { ChainCheck, BEGINNING, type ChainStart, type CheckedLink } from './chain-check.js';
import { digestOf, GENESIS, idAt, linkHash, type TrailRecord } from './chain-record.js';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;

/** A row that says it was made and written so many minutes after noon. */
function row(made: number, written = made): TrailRecord {
  return {
    id: idAt(NOON + made * MINUTE).replace('-0000-', '-7000-'),
    created_at: new Date(NOON + written * MINUTE).toISOString(),
    organization_id: 'o',
    user_id: null,
    action: 'file.read',
    resource: 'file:1',
    details: {},
    ip: null,
    user_agent: null,
    request_id: null,
  };
}

/** These rows, each bound to the one before. */
function chained(records: readonly TrailRecord[], start: ChainStart = BEGINNING) {
  let { seq, hash } = start;
  return records.map((record) => {
    const digest = digestOf(record);
    hash = linkHash(hash, digest);
    seq += 1;
    return { seq, log_id: record.id, digest, hash, record } satisfies CheckedLink;
  });
}

function firstFault(links: readonly CheckedLink[], check = new ChainCheck()) {
  for (const link of links) {
    const fault = check.accept(link);
    if (fault !== null) return fault;
  }
  return null;
}
const three = chained([row(0), row(1), row(2)]) as [CheckedLink, CheckedLink, CheckedLink];
const [first, second, third] = three;
const fault = (kind: string, { seq, log_id }: CheckedLink) => ({ kind, seq, log_id });

describe('a chain', () => {
  it('holds from its beginning to its head', () => {
    const check = new ChainCheck();
    expect(check.head).toEqual({ seq: 0, hash: GENESIS });
    expect(firstFault(three, check)).toBeNull();
    expect([check.head, check.checked]).toEqual([{ seq: 3, hash: third.hash }, 3]);
  });

  it('holds as exports have it, without digests', () => {
    expect(firstFault(three.map(({ digest: _, ...link }) => link))).toBeNull();
  });

  it('shows a row that was changed', () => {
    const record = { ...row(1), action: 'file.write' };
    expect(firstFault([first, { ...second, record }])).toEqual(fault('changed', second));
    const { digest: _, ...exported } = second;
    expect(firstFault([first, { ...exported, record }])).toEqual(fault('changed', second));
  });

  it('shows a row that is gone', () => {
    expect(firstFault([first, { ...second, record: null }])).toEqual(fault('missing', second));
  });

  it('shows a link that is gone, or comes twice', () => {
    const gap = { kind: 'gap', seq: 2, log_id: null };
    expect(firstFault([first, third])).toEqual(gap);
    expect(firstFault([first, first])).toEqual(gap);
  });

  it('shows a link that does not follow', () => {
    const relinked = { ...second, hash: first.hash };
    expect(firstFault([first, relinked, third])).toEqual(fault('relinked', second));
    const moved = chained([row(1)])[0] as CheckedLink;
    expect(firstFault([first, { ...moved, seq: 2 }])).toEqual(fault('relinked', second));
  });

  it('goes no further than its fault', () => {
    const check = new ChainCheck();
    firstFault([first, { ...second, record: null }], check);
    expect([check.head.seq, check.checked]).toEqual([1, 1]);
    expect(check.accept(second)).toBeNull();
  });
});

describe('rows that come late', () => {
  const verdict = (...records: TrailRecord[]) => firstFault(chained(records))?.kind ?? null;

  it('may do so by ten minutes, as they were made and as they were written', () => {
    expect(verdict(row(20), row(10, 20))).toBeNull();
    expect(verdict(row(20), row(9, 20))).toBe('inserted');
    expect(verdict(row(20), row(20, 10))).toBeNull();
    expect(verdict(row(20), row(20, 9))).toBe('inserted');
  });

  it('are held against the latest before, not the last', () => {
    expect(verdict(row(20), row(10), row(10))).toBeNull();
    expect(verdict(row(20), row(12), row(9, 20))).toBe('inserted');
    expect(verdict(row(20), row(12), row(20, 9))).toBe('inserted');
  });

  it('tell nothing of when they were made by an id of another kind', () => {
    const other = { ...row(20), id: '018f0000-0000-4000-8000-000000000000' };
    expect(verdict(row(20), other, row(10))).toBeNull();
    expect(verdict(row(20), other, row(9, 20))).toBe('inserted');
  });

  it('settle what was made ten minutes before', () => {
    const check = new ChainCheck();
    firstFault(chained([row(20), row(15)]), check);
    expect(check.settledBefore).toBe(NOON + 10 * MINUTE);
  });
});

describe('what went into archives', () => {
  const start: ChainStart = { seq: 2, hash: second.hash, archivedBefore: row(3).id };
  const rest = chained([row(2), row(3)], start) as [CheckedLink, CheckedLink];
  const without = (link: CheckedLink) => ({ ...link, record: null });

  it('need not be here, and is held against its digest', () => {
    expect(firstFault([without(rest[0]), rest[1]], new ChainCheck(start))).toBeNull();
    const { digest: _, ...undigested } = without(rest[0]);
    expect(firstFault([undigested], new ChainCheck(start))?.kind).toBe('changed');
    const wrong = { ...without(rest[0]), digest: digestOf(row(3)) };
    expect(firstFault([wrong], new ChainCheck(start))?.kind).toBe('relinked');
  });

  it('is not what was never archived', () => {
    expect(firstFault([rest[0], without(rest[1])], new ChainCheck(start))?.kind).toBe('missing');
  });

  it('was sealed before we begin', () => {
    const check = new ChainCheck(start);
    expect(check.seal({ seq: 1, hash: GENESIS, sealedAt: new Date(NOON) })).toBeNull();
    expect(check.seal({ seq: 2, hash: GENESIS, sealedAt: new Date(NOON) })?.kind).toBe('rewritten');
  });
});

describe('a seal', () => {
  const sealing = ({ seq, hash }: CheckedLink, minutes = 2) => ({
    seq,
    hash,
    sealedAt: new Date(NOON + minutes * MINUTE),
  });

  it('fits the link it names', () => {
    const check = new ChainCheck();
    firstFault([first, second], check);
    expect(check.seal(sealing(second))).toBeNull();
    expect(check.seal({ ...sealing(second), hash: first.hash })).toEqual({
      kind: 'rewritten',
      seq: 2,
      log_id: null,
    });
    expect(check.seal(sealing(first))).toEqual({ kind: 'rewritten', seq: 1, log_id: null });
    expect(check.seal({ ...sealing(second), seq: 1 })).toMatchObject({ kind: 'rewritten', seq: 1 });
    expect(check.seal({ ...sealing(third), hash: second.hash })).toEqual({
      kind: 'truncated',
      seq: 3,
      log_id: null,
    });
  });

  it('dates all before it: nothing older is written behind', () => {
    const check = new ChainCheck();
    const links = chained([row(0), row(0, 25), row(0, 24)]) as [CheckedLink, CheckedLink, CheckedLink];
    check.accept(links[0]);
    check.seal(sealing(links[0], 35));
    check.seal(sealing(links[0], 10));
    expect(check.accept(links[1])).toBeNull();
    expect(check.accept(links[2])?.kind).toBe('inserted');
  });
});
