import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** A token or key as whoever made it is told of it; never its secret. */
export interface CredentialRecord {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly allowed_ips: readonly string[] | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  readonly last_used_ip: string | null;
}

@Injectable()
export class CredentialDataRepository {
  constructor(private readonly sql: Sql) {}

  /** Oldest first, revoked ones too, from the one after `after` on. */
  listMadeBy(userId: string, after: string, limit: number): Promise<CredentialRecord[]> {
    return this.sql.rows({
      text: `SELECT id, kind, name, scopes, allowed_ips, created_at, expires_at, revoked_at, last_used_at,
                    host(last_used_ip) AS last_used_ip
             FROM machine_credentials WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
      values: [userId, after, limit],
    });
  }

  async deleteTokensOf(userId: string): Promise<void> {
    await this.sql.execute({
      text: `DELETE FROM machine_credentials WHERE user_id = $1 AND kind = 'pat'`,
      values: [userId],
    });
  }

  async deleteAllOf(organizationId: string): Promise<void> {
    await this.sql.execute({
      text: 'DELETE FROM machine_credentials WHERE organization_id = $1',
      values: [organizationId],
    });
  }
}
