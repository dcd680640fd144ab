import fc from 'fast-check';
import { actorOf } from '../../../test/support/actors.js';
import {
  BUILT_IN_ROLES,
  SCOPES,
  intersectScopes,
  isBuiltInRole,
  scopeSetOfRole,
  scopesOfRole,
  type Scope,
} from './scopes.js';

const someScopes = fc.uniqueArray(fc.constantFrom(...SCOPES), { maxLength: SCOPES.length });
const role = fc.oneof(
  fc.constantFrom(...Object.keys(BUILT_IN_ROLES)).map((name) => scopeSetOfRole(name, null)),
  someScopes.map((scopes) => scopeSetOfRole('own-role', scopes)),
);

/** What somebody with these scopes is allowed, as every guard asks it. */
function allowed(scopes: ReadonlySet<Scope>): Scope[] {
  const actor = actorOf({ scopes });
  return SCOPES.filter((scope) => scope !== 'admin' && actor.holds(scope));
}

describe('the scopes of a token', () => {
  it('allow what both the token and its live owner allow, and nothing else', () => {
    fc.assert(
      fc.property(someScopes, role, (own, live) => {
        const both = allowed(new Set(own)).filter((scope) => allowed(live).includes(scope));
        expect(allowed(intersectScopes(own, live))).toEqual(both);
      }),
      { numRuns: 500 },
    );
  });

  it('never hold admin unless both do', () => {
    fc.assert(
      fc.property(someScopes, role, (own, live) => {
        expect(intersectScopes(own, live).has('admin')).toBe(own.includes('admin') && live.has('admin'));
      }),
    );
  });

  it('shrink with a token of a token', () => {
    fc.assert(
      fc.property(someScopes, someScopes, role, (first, second, live) => {
        const parent = intersectScopes(first, live);
        const child = allowed(intersectScopes(second, parent));
        expect(child.filter((scope) => !allowed(parent).includes(scope))).toEqual([]);
      }),
    );
  });
});

describe('a role', () => {
  const names = ['guest', 'viewer', 'user', 'operator', 'lab', 'admin'];

  it('of ours holds what it always held', () => {
    expect(Object.keys(BUILT_IN_ROLES)).toEqual(names);
    expect(BUILT_IN_ROLES.guest).toEqual(['profile:read']);
    expect(names.map((name) => scopesOfRole(name, null).length)).toEqual([1, 5, 12, 16, 13, SCOPES.length]);
    const holding = (scope: Scope) => names.filter((name) => scopeSetOfRole(name, null).has(scope));
    expect(holding('admin')).toEqual(['admin']);
    expect(holding('users:manage')).toEqual(['admin']);
    expect(holding('api-keys:write')).toEqual(['operator', 'admin']);
    expect(holding('lab:write')).toEqual(['lab', 'admin']);
    expect(holding('tokens:write')).toEqual(['user', 'operator', 'lab', 'admin']);
    for (const name of names) expect([...scopeSetOfRole(name, null)]).toEqual([...scopesOfRole(name, null)]);
  });

  it('of ours is not changed by one of the same name', () => {
    expect(scopesOfRole('guest', ['admin'])).toEqual(['profile:read']);
    expect([...scopeSetOfRole('guest', ['admin'])]).toEqual(['profile:read']);
  });

  it('of an organisation holds what it stored, and nothing where it is gone', () => {
    for (const name of ['own', 'toString', '__proto__', 'constructor', '']) {
      expect(isBuiltInRole(name)).toBe(false);
      expect(scopesOfRole(name, ['files:read'])).toEqual(['files:read']);
      expect(scopesOfRole(name, null)).toEqual([]);
      expect([...scopeSetOfRole(name, ['files:read'])]).toEqual(['files:read']);
      expect([...scopeSetOfRole(name, null)]).toEqual([]);
    }
  });
});
