import { AccessErrors } from '../../common/access/access.errors.js';
import type { Authenticated } from '../../common/access/credential-strategy.js';
import { intersectScopes, scopeSetOfRole } from '../../common/access/scopes.js';
import { IpNetworks } from '../../common/http/ip-networks.js';
import type { PresentedCredentialRow } from './authenticated-credentials.repository.js';

/**
 * The principal of a token or key: it may do what it was made for, as far as its
 * owner may now. A key whose maker's account is gone keeps its own scopes, since
 * it belongs to the organisation; a token dies with its owner.
 *
 * @throws AppError 401 when it is unknown, over, or its owner is deactivated.
 */
export function machinePrincipal(row: PresentedCredentialRow | null, now: Date): Authenticated {
  if (row === null) throw AccessErrors.credentialInvalid();
  const isOrphan = row.user_id === null;
  const isOwnerGone = isOrphan ? row.kind === 'pat' : row.is_active !== true;
  if (row.revoked_at !== null || isOwnerGone) throw AccessErrors.credentialRevoked();
  const expiresAt = earliest(row.expires_at, row.secret_expires_at);
  if (expiresAt !== null && expiresAt <= now) throw AccessErrors.credentialExpired();
  return {
    principal: {
      credential: row.kind,
      credentialId: row.id,
      userId: row.user_id ?? row.id,
      organizationId: row.organization_id,
      role: row.role ?? 'none',
      scopes: isOrphan
        ? new Set(row.scopes)
        : intersectScopes(row.scopes, scopeSetOfRole(row.role ?? '', row.custom_scopes)),
      expiresAt,
      authenticatedAt: null,
      requestsPerMinute: row.requests_per_minute,
      networks: row.allowed_ips === null ? null : new IpNetworks(row.allowed_ips),
    },
    tags: [
      `credential:${row.id}`,
      `organization:${row.organization_id}`,
      ...(row.user_id === null ? [] : [`user:${row.user_id}` as const]),
    ],
  };
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
