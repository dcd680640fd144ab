import { Injectable } from '@nestjs/common';
import type { Person } from '../../common/personal-data/personal-data.js';
import { Sql } from '../../database/sql.js';

export interface MembershipRecord {
  readonly id: string;
  readonly name: string;
  readonly is_owner: boolean;
}

/** An invitation that somebody made, or that waits for their address. */
export interface InvitationRecord {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly is_own: boolean;
  readonly created_at: Date;
  readonly expires_at: Date;
}

@Injectable()
export class MembershipDataRepository {
  constructor(private readonly sql: Sql) {}

  findOrganization({ id, organizationId }: Person): Promise<MembershipRecord | null> {
    return this.sql.row({
      text: 'SELECT id, name, owner_id IS NOT DISTINCT FROM $2 AS is_owner FROM organizations WHERE id = $1',
      values: [organizationId, id],
    });
  }

  /** Oldest first, from the one after `after` on. */
  listInvitations(
    { id, organizationId, email }: Person,
    after: string,
    limit: number,
  ): Promise<InvitationRecord[]> {
    return this.sql.rows({
      text: `SELECT id, email, role, invited_by IS NOT DISTINCT FROM $2 AS is_own, created_at, expires_at
             FROM invitations
             WHERE organization_id = $1 AND (invited_by = $2 OR lower(email) = lower($3)) AND id > $4
             ORDER BY id LIMIT $5`,
      values: [organizationId, id, email, after, limit],
    });
  }
}
