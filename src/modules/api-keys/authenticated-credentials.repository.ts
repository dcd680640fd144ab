import { Injectable } from '@nestjs/common';
import type { Scope } from '../../common/access/scopes.js';
import type { Use } from '../../common/access/usage.js';
import { batched } from '../../database/batched.js';
import { Sql } from '../../database/sql.js';
import type { MachineCredentialKind } from './credential-secret.js';

/** All that authentication asks of a presented secret, in one indexed query. */
export interface PresentedCredentialRow {
  readonly id: string;
  readonly kind: MachineCredentialKind;
  readonly organization_id: string;
  readonly scopes: Scope[];
  readonly allowed_ips: string[] | null;
  readonly requests_per_minute: number | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  /** When the grace of this secret ends; null for the current one. */
  readonly secret_expires_at: Date | null;
  /** The person whose live scopes bound it; nulls when that person is gone. */
  readonly user_id: string | null;
  readonly role: string | null;
  readonly is_active: boolean | null;
  readonly custom_scopes: Scope[] | null;
}

/** The hot paths of machine credentials: who presents one, and that it was used. */
@Injectable()
export class AuthenticatedCredentialsRepository {
  /** As committed, whatever the caller has changed meanwhile. */
  readonly findByDigest = batched((digests: readonly Buffer[]) => this.findAll(digests));

  constructor(private readonly sql: Sql) {}

  /**
   * Adds many uses in one statement. The rows are locked in order: two replicas
   * that write at once must not wait for each other.
   */
  async addUses(uses: readonly Use[]): Promise<void> {
    await this.sql.execute({
      name: 'machine-credentials-add-uses',
      text: `WITH used AS (
               SELECT * FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::inet[]) AS used (id, count, at, ip)
             ), locked AS (
               SELECT c.id FROM machine_credentials c JOIN used USING (id) ORDER BY c.id FOR UPDATE OF c
             )
             UPDATE machine_credentials c
             SET usage_count = c.usage_count + used.count,
                 last_used_ip = CASE WHEN c.last_used_at > used.at THEN c.last_used_ip ELSE used.ip END,
                 last_used_at = greatest(c.last_used_at, used.at)
             FROM used JOIN locked USING (id) WHERE c.id = used.id`,
      values: [
        uses.map(({ id }) => id),
        uses.map(({ count }) => count),
        uses.map(({ at }) => at),
        uses.map(({ ip }) => ip),
      ],
    });
  }

  private async findAll(digests: readonly Buffer[]): Promise<(PresentedCredentialRow | null)[]> {
    const rows = await this.sql.rows<PresentedCredentialRow & { readonly digest: Buffer }>({
      name: 'machine-credentials-presented',
      text: `SELECT s.digest, s.expires_at AS secret_expires_at, c.id, c.kind, c.organization_id, c.scopes, c.allowed_ips,
                    c.requests_per_minute, c.expires_at, c.revoked_at,
                    u.id AS user_id, u.role, u.is_active, r.scopes AS custom_scopes
             FROM machine_credential_secrets s JOIN machine_credentials c ON c.id = s.credential_id
             LEFT JOIN users u ON u.id = c.user_id
             LEFT JOIN roles r ON r.organization_id = u.organization_id AND r.name = u.role
             WHERE s.digest = ANY ($1::bytea[])`,
      values: [digests],
    });
    const found = new Map(rows.map((row) => [row.digest.toString('hex'), row]));
    return digests.map((digest) => found.get(digest.toString('hex')) ?? null);
  }
}
