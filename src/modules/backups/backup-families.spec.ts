import { continuable, retired, type Member } from './backup-families.js';

const NOW = new Date('2026-06-30T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

function member(id: string, days: number, more: Partial<Member> = {}): Member {
  const at = daysAgo(days);
  return {
    ...{ id, engine: 'pgbackrest', kind: 'full', parent_id: null, status: 'good' },
    ...{ verification: 'ok', replica: 'none', created_at: at, finished_at: at },
    ...more,
  };
}
const increment = (id: string, days: number, parent_id: string, more: Partial<Member> = {}) =>
  member(id, days, { kind: 'incremental', parent_id, ...more });
const gone = (...members: Member[]) => retired(members, NOW, 30).map(({ id }) => id);

describe('what was kept long enough', () => {
  it('goes the day after its thirtieth, and not before', () => {
    expect(gone(member('old', 30.1), member('young', 29.9), member('new', 0))).toEqual(['old']);
    expect(gone()).toEqual([]);
  });

  it('goes with all that continue it, once the last is old enough', () => {
    const family = [member('a', 40), increment('b', 38, 'a'), increment('c', 36, 'b')];
    expect(gone(...family, member('new', 0))).toEqual(['a', 'b', 'c']);
    expect(gone(...family, increment('d', 29, 'c'), member('new', 0))).toEqual([]);
  });

  it('is not the newest that was verified, however old, nor what that continues', () => {
    const unproved = { verification: 'failed' } as const;
    expect(gone(member('proved', 90), member('not', 60, unproved), member('new', 1, unproved))).toEqual([
      'not',
    ]);
    expect(gone(member('a', 90), increment('b', 80, 'a'), member('new', 1, unproved))).toEqual([]);
    expect(gone(member('damaged', 50, { status: 'damaged' }), member('proved', 60))).toEqual(['damaged']);
  });

  it('is not the newest good one where none was ever verified', () => {
    const unproved = { verification: 'none' } as const;
    expect(gone(member('older', 90, unproved), member('newer', 80, unproved))).toEqual(['older']);
  });

  it.each([
    { status: 'queued', finished_at: null },
    { status: 'running', finished_at: null },
    { verification: 'queued' },
    { verification: 'running' },
    { replica: 'queued' },
    { replica: 'running' },
  ] as Partial<Member>[])('waits while it is worked on: %j', (state) => {
    expect(gone(member('old', 40, state), member('new', 0))).toEqual([]);
  });

  it('may have failed, or continue what is not there any more', () => {
    expect(gone(member('f', 40, { status: 'failed', verification: 'none' }), member('new', 0))).toEqual([
      'f',
    ]);
    expect(gone(increment('orphan', 40, 'nowhere'), member('new', 0))).toEqual(['orphan']);
  });
});

describe('what an incremental one continues', () => {
  it('is the newest of its engine whose every ancestor is good', () => {
    const chain = [member('a', 3), increment('b', 2, 'a'), increment('c', 1, 'b')];
    expect(continuable(chain, 'pgbackrest')?.id).toBe('c');
    expect(continuable(chain, 'pg_dump')).toBeNull();
    const broken = chain.map((one) => (one.id === 'b' ? { ...one, status: 'damaged' as const } : one));
    expect(continuable(broken, 'pgbackrest')?.id).toBe('a');
    expect(continuable([increment('x', 1, 'nowhere')], 'pgbackrest')).toBeNull();
  });
});
