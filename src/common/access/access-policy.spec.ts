import { actorOf, codeOf, StillClock } from '../../../test/support/actors.js';
import type { AuthConfig } from '../../config/config.js';
import { IpNetworks } from '../http/ip-networks.js';
import type { AccessRule } from './access.decorator.js';
import { AccessPolicy } from './access-policy.js';
import type { Principal } from './actor.js';
import { DEFAULT_ORGANIZATION_ID } from './organizations.js';

const clock = new StillClock();
const FREE: AccessRule = { scope: null, by: 'any', fresh: false, operators: false };

function verdict(
  who: Partial<Principal>,
  rule: Partial<AccessRule>,
  { ip = '192.0.2.1', tenancy = 'multi' }: { ip?: string; tenancy?: 'single' | 'multi' } = {},
): string | null {
  const policy = new AccessPolicy(clock, { tenancy } as AuthConfig);
  return codeOf(() => policy.authorize(actorOf(who), { ...FREE, ...rule }, ip));
}

it('lets anybody who is signed in do what asks for nothing', () => {
  expect(verdict({}, {})).toBeNull();
  expect(verdict({ credential: 'pat' }, {})).toBeNull();
  expect(verdict({ credential: 'api_key' }, {})).toBeNull();
});

it('asks for the scope, which admin overrides', () => {
  expect(verdict({ scopes: new Set(['files:read']) }, { scope: 'files:read' })).toBeNull();
  expect(verdict({ scopes: new Set(['admin']) }, { scope: 'files:read' })).toBeNull();
  expect(verdict({ scopes: new Set(['files:write']) }, { scope: 'files:read' })).toBe('insufficient_scope');
});

it('names the scope that is missing', () => {
  const policy = new AccessPolicy(clock, { tenancy: 'multi' } as AuthConfig);
  expect(() => policy.authorize(actorOf(), { ...FREE, scope: 'files:read' }, '192.0.2.1')).toThrow(
    'files:read',
  );
});

it('takes a credential from nowhere but its own addresses', () => {
  const networks = new IpNetworks(['10.0.0.0/8']);
  expect(verdict({ networks }, {}, { ip: '10.1.2.3' })).toBeNull();
  expect(verdict({ networks }, {})).toBe('address_not_allowed');
});

it('tells persons and sessions from keys and tokens', () => {
  const credentials = ['session', 'pat', 'api_key'] as const;
  const verdictsOf = (by: AccessRule['by']) =>
    credentials.map((credential) => verdict({ credential }, { by }));
  expect(verdictsOf('person')).toEqual([null, null, 'person_required']);
  expect(verdictsOf('session')).toEqual([null, 'session_required', 'session_required']);
});

it('keeps what concerns all organisations to those who run the server', () => {
  const operators = true;
  expect(verdict({ organizationId: DEFAULT_ORGANIZATION_ID }, { operators })).toBeNull();
  expect(verdict({}, { operators })).toBe('operators_only');
  expect(verdict({}, { operators }, { tenancy: 'single' })).toBeNull();
  expect(verdict({}, { operators: false })).toBeNull();
});

it('asks a session, and a session alone, for a proof of the last ten minutes', () => {
  const fresh = true;
  expect(verdict({ authenticatedAt: clock.in(-600) }, { fresh })).toBeNull();
  expect(verdict({ authenticatedAt: clock.in(-601) }, { fresh })).toBe('reauthentication_required');
  expect(verdict({ authenticatedAt: null }, { fresh })).toBe('reauthentication_required');
  expect(verdict({ authenticatedAt: null }, { fresh: false })).toBeNull();
  expect(verdict({ credential: 'pat', authenticatedAt: null }, { fresh })).toBeNull();
});
