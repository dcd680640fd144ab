import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { StillClock, codeOf } from '../../../test/support/actors.js';
import type { Invalidations } from '../../common/cache/invalidations.js';
import type { AuthConfig, SecretsConfig } from '../../config/config.js';
import type { JwtAlgorithm } from '../../config/settings.js';
import type { Notifications } from '../../database/notifications.js';
import { SigningKeys, type SigningKey } from './signing-keys.js';
import type { SigningKeysService } from './signing-keys.service.js';

const clock = new StillClock();
const { publicKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const keyOf = (id: string, differences: Partial<SigningKey> = {}): SigningKey => ({
  id,
  algorithm: 'EdDSA',
  privateKey: 'private',
  publicKey,
  signsFrom: clock.in(-60),
  retiresAt: null,
  ...differences,
});

async function setUp(stored: SigningKey[] | Error, jwtAlgorithm: JwtAlgorithm = 'EdDSA') {
  const state = { stored, forgotten: 0, loads: 0 };
  const load = () => {
    state.loads++;
    return state.stored instanceof Error ? Promise.reject(state.stored) : Promise.resolve(state.stored);
  };
  const heard: (() => void)[] = [];
  const keys = new SigningKeys(
    { loadOrMake: load, load } as unknown as SigningKeysService,
    { listen: (_: string, ...how: (() => void)[]) => heard.push(...how) } as unknown as Notifications,
    { jwtAlgorithm } as AuthConfig,
    { jwtSecretKey: createSecretKey(Buffer.from('shared')) } as SecretsConfig,
    clock,
    { forgetEverything: () => state.forgotten++ } as unknown as Invalidations,
  );
  const hear = async () => {
    for (const reload of heard) reload();
    await new Promise((done) => setImmediate(done));
  };
  await hear();
  const loadsBefore = state.loads;
  await keys.onModuleInit();
  return { keys, state, hear, heard, loadsBefore };
}

describe('the keys of asymmetric algorithms', () => {
  it('sign with the newest that has been known for long enough', async () => {
    const { keys } = await setUp([
      keyOf('new', { signsFrom: clock.in(0.001) }),
      keyOf('now', { signsFrom: clock.in(0) }),
      keyOf('old'),
    ]);
    expect(keys.current().id).toBe('now');
  });

  it('sign with the only one, be it new', async () => {
    const { keys } = await setUp([
      keyOf('newest', { signsFrom: clock.in(60) }),
      keyOf('new', { signsFrom: clock.in(30) }),
    ]);
    expect(keys.current().id).toBe('new');
  });

  it('check with any that is not retired', async () => {
    const { keys } = await setUp([
      keyOf('a'),
      keyOf('b', { retiresAt: clock.in(0.001) }),
      keyOf('c', { retiresAt: clock.in(0) }),
    ]);
    expect([keys.find('a').id, keys.find('b').id]).toEqual(['a', 'b']);
    for (const id of ['c', 'd', null]) expect(codeOf(() => keys.find(id))).toBe('credential_invalid');
  });

  it('are published without what is private', async () => {
    const { keys } = await setUp([keyOf('a'), keyOf('c', { retiresAt: clock.in(-1) })]);
    const x = expect.stringMatching(/^[\w-]{43}$/);
    expect(keys.jwks()).toEqual([{ kty: 'OKP', crv: 'Ed25519', x, kid: 'a', alg: 'EdDSA', use: 'sig' }]);
  });

  it('sign nothing before they are there', async () => {
    const { keys } = await setUp([]);
    expect(() => keys.current()).toThrow('before the module is initialised');
  });
});

describe('keys that were rotated', () => {
  it('are read again, and what was verified stays so', async () => {
    const { keys, state, hear } = await setUp([keyOf('a')]);
    state.stored = [keyOf('b'), keyOf('a')];
    await hear();
    expect([keys.current().id, state.forgotten]).toEqual(['b', 0]);
  });

  it('put in doubt what was verified with one that is gone', async () => {
    const { state, hear, heard } = await setUp([keyOf('a'), keyOf('b')]);
    heard.splice(1);
    state.stored = [keyOf('b')];
    await hear();
    expect(state.forgotten).toBe(1);
  });

  it('put nothing in doubt for one that was refused anyway', async () => {
    const { state, hear } = await setUp([keyOf('a'), keyOf('b', { retiresAt: clock.in(-1) })]);
    state.stored = [keyOf('a')];
    await hear();
    expect(state.forgotten).toBe(0);
  });

  it('go on as they are while they can not be read', async () => {
    const { keys, state, hear } = await setUp([keyOf('a')]);
    state.stored = new Error('no database');
    await hear();
    expect([keys.current().id, state.forgotten]).toEqual(['a', 0]);
  });

  it('are not read while the module starts', async () => {
    expect((await setUp([keyOf('a')])).loadsBefore).toBe(0);
  });

  it('are heard of from those who rotate and after silence', async () => {
    expect((await setUp([keyOf('a')])).heard).toHaveLength(2);
  });
});

describe('the shared secret', () => {
  it('signs and checks, named by nobody, published to nobody', async () => {
    const { keys, state, hear } = await setUp(new Error('asks no database'), 'HS256');
    await hear();
    const key = { id: null, algorithm: 'HS256', signsFrom: null, retiresAt: null };
    const secret = Buffer.from('shared');
    expect(keys.current()).toEqual({ ...key, privateKey: secret, publicKey: secret });
    expect(keys.find(null)).toBe(keys.current());
    expect([keys.jwks(), state.loads]).toEqual([[], 0]);
    expect(codeOf(() => keys.find('a'))).toBe('credential_invalid');
  });
});
