import { createHash } from 'node:crypto';
import { newId } from '../../common/crypto/ids.js';
import { detailsOf, digestOf, GENESIS, idAt, linkHash, madeAt, type TrailRecord } from './chain-record.js';

const record: TrailRecord = {
  id: '018f0000-0000-7000-8000-000000000000',
  created_at: '2026-03-01T12:00:00.000000Z',
  organization_id: 'o',
  user_id: null,
  action: 'user.create',
  resource: 'user:1',
  details: { b: 1, a: [true, null] },
  ip: null,
  user_agent: null,
  request_id: null,
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

it('hashes a row as its canonical JSON, to the letter', () => {
  const text =
    '{"action":"user.create","created_at":"2026-03-01T12:00:00.000000Z","details":{"a":[true,null],"b":1},' +
    '"id":"018f0000-0000-7000-8000-000000000000","ip":null,"organization_id":"o","request_id":null,' +
    '"resource":"user:1","user_agent":null,"user_id":null}';
  expect(digestOf(record).toString('hex')).toBe(sha256(text));
});

it('binds a link to the one before', () => {
  expect(GENESIS.toString('hex')).toBe('0'.repeat(64));
  const [one, two] = [Buffer.from('one'), Buffer.from('two')];
  expect(linkHash(one, two).toString('hex')).toBe(sha256('onetwo'));
  expect(linkHash(two, one)).not.toEqual(linkHash(one, two));
});

describe('the details of a row', () => {
  it('are the value that the text is', () => {
    expect(detailsOf('{"a": [1, "x"]}')).toEqual({ a: [1, 'x'] });
    const long = JSON.stringify({ text: 'x'.repeat(400) });
    expect(detailsOf(long)).toEqual(JSON.parse(long));
  });

  it('are the text itself where the value has no canonical form', () => {
    const huge = `{"a": 1${'0'.repeat(309)}}`;
    expect(detailsOf(huge)).toBe(huge);
  });
});

it('knows when an id was made', () => {
  const now = Date.now();
  expect(madeAt(newId())).toBeGreaterThanOrEqual(now);
  expect(madeAt('018f0000-0001-7000-8000-000000000000')).toBe(0x018f00000001);
  expect(madeAt('018f0000-0001-4000-8000-000000000000')).toBeNull();
});

it('knows the least id of a time', () => {
  expect(idAt(0x018f00000001)).toBe('018f0000-0001-0000-0000-000000000000');
  expect(idAt(1)).toBe('00000000-0001-0000-0000-000000000000');
});
