import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readKeySet, readSigned, signed, thumbprintOf, type Seal } from './signed-document.js';

const seal: Seal = {
  type: 'cloudkeep.audit-seal',
  organization_id: 'o',
  seq: 7,
  hash: 'ab',
  count: 7,
  from: null,
  to: null,
  sealed_at: '2026-03-01T12:00:00.000Z',
  previous: null,
};
// RFC 8037 appendix A.
const jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
};
const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
const publicKey = createPublicKey(privateKey);
const thumbprint = thumbprintOf(publicKey);
const keys = new Map([[thumbprint, publicKey]]);
const text = signed(seal, { thumbprint, privateKey });

const changed = (differences: object) => JSON.stringify({ ...(JSON.parse(text) as object), ...differences });
const read = (document: string) => readSigned(document, 'cloudkeep.audit-seal', keys);

it('names a key by its thumbprint (RFC 8037 appendix A.3)', () => {
  expect(thumbprint).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
});

it('reads what we signed, however it is laid out', () => {
  expect(read(text)).toMatchObject(seal);
  expect(read(JSON.stringify(JSON.parse(text), null, 2))).toMatchObject(seal);
  expect((JSON.parse(text) as { key: string }).key).toBe(thumbprint);
});

it('reads nothing that was changed', () => {
  for (const differences of [
    { seq: 8 },
    { hash: 'ac' },
    { previous: 'x' },
    { added: 1 },
    { hash: '\ud800' },
    { signature: 'AAAA' },
    { signature: 7 },
    { signature: undefined },
  ])
    expect(read(changed(differences))).toBeNull();
  expect(read(text.replace('"seq":7', '"seq":1e999'))).toBeNull();
});

it('reads nothing that others signed, nor under their name', () => {
  const other = generateKeyPairSync('ed25519');
  const name = thumbprintOf(other.publicKey);
  expect(read(signed(seal, { thumbprint: name, privateKey: other.privateKey }))).toBeNull();
  expect(read(signed(seal, { thumbprint, privateKey: other.privateKey }))).toBeNull();
  expect(read(changed({ key: name }))).toBeNull();
  const both = new Map([...keys, [name, other.publicKey]]);
  expect(readSigned(changed({ key: name }), 'cloudkeep.audit-seal', both)).toBeNull();
});

it('takes no document for one of another type', () => {
  expect(readSigned(text, 'cloudkeep.audit-archive', keys)).toBeNull();
});

it.each(['', 'null', '7', '"text"', '[]', '{}', '{"type":"cloudkeep.audit-seal"}', text.slice(0, -1)])(
  'reads no document in %.30s',
  (document) => {
    expect(read(document)).toBeNull();
  },
);

it('reads keys that were published', () => {
  const set = readKeySet(JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
  expect([...set.keys()]).toEqual([thumbprint]);
  expect(readSigned(text, 'cloudkeep.audit-seal', set)).toMatchObject(seal);
  expect(() => readKeySet('{}')).toThrow();
});
