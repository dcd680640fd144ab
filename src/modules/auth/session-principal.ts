import { AccessErrors } from '../../common/access/access.errors.js';
import type { Authenticated } from '../../common/access/credential-strategy.js';
import { scopeSetOfRole } from '../../common/access/scopes.js';
import { hasSecondFactor } from './evidence.js';
import type { SessionPrincipalRow } from './sessions.repository.js';

/**
 * The principal of a session. It may do what its owner's role allows now.
 *
 * @param expiresAt when the presented credential itself runs out.
 * @throws AppError 401 when the session is over or its owner deactivated.
 */
export function sessionPrincipal(
  session: SessionPrincipalRow | null,
  expiresAt: Date,
  now: Date,
): Authenticated {
  if (session?.ended_at !== null || !session.is_active) throw AccessErrors.credentialRevoked();
  if (session.expires_at <= now) throw AccessErrors.credentialExpired();
  const { session_id: id, user_id: userId, organization_id: organizationId, role } = session;
  return {
    principal: {
      credential: 'session',
      credentialId: id,
      userId,
      organizationId,
      role,
      scopes: scopeSetOfRole(role, session.custom_scopes),
      expiresAt: new Date(Math.min(expiresAt.getTime(), session.expires_at.getTime())),
      authenticatedAt: session.mfa_enabled && !hasSecondFactor(session.amr) ? null : session.authenticated_at,
      requestsPerMinute: null,
      networks: null,
    },
    tags: [`session:${id}`, `user:${userId}`, `organization:${organizationId}`],
  };
}
