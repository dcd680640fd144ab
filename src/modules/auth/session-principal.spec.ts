import { codeOf, StillClock } from '../../../test/support/actors.js';
import { sessionPrincipal } from './session-principal.js';
import type { SessionPrincipalRow } from './sessions.repository.js';

const clock = new StillClock();
const row: SessionPrincipalRow = {
  session_id: 's',
  expires_at: clock.in(60),
  ended_at: null,
  user_id: 'u',
  organization_id: 'o',
  role: 'guest',
  is_active: true,
  custom_scopes: null,
  mfa_enabled: false,
  authenticated_at: clock.in(-60),
  amr: ['password'],
};
const principalOf = (differences: Partial<SessionPrincipalRow> = {}, expiresIn = 30) =>
  sessionPrincipal({ ...row, ...differences }, clock.in(expiresIn), clock.now());
const refusalOf = (differences: Partial<SessionPrincipalRow>) => codeOf(() => principalOf(differences));

it('speaks for the owner of a session, and is dropped with it, them or their organisation', () => {
  expect(principalOf()).toEqual({
    principal: {
      credential: 'session',
      credentialId: 's',
      userId: 'u',
      organizationId: 'o',
      role: 'guest',
      scopes: new Set(['profile:read']),
      expiresAt: clock.in(30),
      authenticatedAt: clock.in(-60),
      requestsPerMinute: null,
      networks: null,
    },
    tags: ['session:s', 'user:u', 'organization:o'],
  });
  const { scopes } = principalOf({ role: 'own', custom_scopes: ['files:read'] }).principal;
  expect([...scopes]).toEqual(['files:read']);
});

it('lasts no longer than the credential or the session', () => {
  expect(principalOf({}, 90).principal.expiresAt).toEqual(clock.in(60));
});

it('is refused once the session is over or its owner deactivated', () => {
  expect(codeOf(() => sessionPrincipal(null, clock.in(1), clock.now()))).toBe('credential_revoked');
  expect(refusalOf({ ended_at: clock.in(-1) })).toBe('credential_revoked');
  expect(refusalOf({ is_active: false })).toBe('credential_revoked');
  expect(refusalOf({ expires_at: clock.in(0) })).toBe('credential_expired');
  expect(refusalOf({ expires_at: clock.in(0.001) })).toBeNull();
});

it('is proven only by all that the account asks for', () => {
  const proven = (differences: Partial<SessionPrincipalRow>) =>
    principalOf(differences).principal.authenticatedAt !== null;
  expect(proven({ mfa_enabled: true })).toBe(false);
  expect(proven({ mfa_enabled: true, amr: ['password', 'totp'] })).toBe(true);
  expect(proven({ mfa_enabled: false, amr: [] })).toBe(true);
});
