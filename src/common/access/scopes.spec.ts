import fc from 'fast-check';
import { Actor } from './actor.js';
import { BUILT_IN_ROLES, SCOPES, intersectScopes, scopeSetOfRole, type Scope } from './scopes.js';

const someScopes = fc.uniqueArray(fc.constantFrom(...SCOPES), { maxLength: SCOPES.length });
const role = fc.oneof(
  fc.constantFrom(...Object.keys(BUILT_IN_ROLES)).map((name) => scopeSetOfRole(name, null)),
  someScopes.map((scopes) => scopeSetOfRole('own-role', scopes)),
);

/** What somebody with these scopes is allowed, as every guard asks it. */
function allowed(scopes: ReadonlySet<Scope>): Scope[] {
  const actor = new Actor({
    credential: 'pat',
    credentialId: '',
    userId: '',
    organizationId: '',
    role: '',
    scopes,
    expiresAt: null,
    authenticatedAt: null,
    requestsPerMinute: null,
    networks: null,
  });
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
