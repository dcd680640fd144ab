import { Injectable } from '@nestjs/common';
import { readCursor, type PageQuery } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { Sql } from '../../database/sql.js';

export interface InvitationRow {
  readonly id: string;
  readonly organization_id: string;
  readonly email: string;
  readonly role: string;
  readonly invited_by: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

const COLUMNS = 'id, organization_id, email, role, invited_by, created_at, expires_at';

/** Invitations that hold: past their time they are as if they were not there. */
@Injectable()
export class InvitationsRepository {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  async insert(invitation: Omit<InvitationRow, 'created_at'>): Promise<InvitationRow> {
    const created = { ...invitation, created_at: this.clock.now() };
    await this.sql.execute({
      text: `INSERT INTO invitations (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      values: [
        created.id,
        created.organization_id,
        created.email,
        created.role,
        created.invited_by,
        created.created_at,
        created.expires_at,
      ],
    });
    return created;
  }

  /** Newest first. */
  list(organizationId: string, { limit, cursor }: PageQuery): Promise<InvitationRow[]> {
    return this.sql.rows({
      text: `SELECT ${COLUMNS} FROM invitations
             WHERE organization_id = $1 AND expires_at > $2 AND ($3::uuid IS NULL OR id < $3)
             ORDER BY id DESC LIMIT $4`,
      values: [organizationId, this.clock.now(), readCursor(cursor)?.id ?? null, limit + 1],
    });
  }

  async count(organizationId: string): Promise<number> {
    const row = await this.sql.row<{ count: number }>({
      text: 'SELECT count(*)::int AS count FROM invitations WHERE organization_id = $1 AND expires_at > $2',
      values: [organizationId, this.clock.now()],
    });
    return row?.count ?? 0;
  }

  find(id: string): Promise<InvitationRow | null> {
    return this.sql.row({
      text: `SELECT ${COLUMNS} FROM invitations WHERE id = $1 AND expires_at > $2`,
      values: [id, this.clock.now()],
    });
  }

  /** Of any number at once, one gets it. */
  take(organizationId: string, id: string): Promise<InvitationRow | null> {
    return this.sql.row({
      text: `DELETE FROM invitations WHERE id = $1 AND organization_id = $2 AND expires_at > $3
             RETURNING ${COLUMNS}`,
      values: [id, organizationId, this.clock.now()],
    });
  }

  /** The one for an address, expired or not. */
  takeFor(organizationId: string, email: string): Promise<InvitationRow | null> {
    return this.sql.row({
      text: `DELETE FROM invitations WHERE organization_id = $1 AND lower(email) = lower($2) RETURNING ${COLUMNS}`,
      values: [organizationId, email],
    });
  }

  takeWithRole(organizationId: string, role: string): Promise<InvitationRow[]> {
    return this.sql.rows({
      text: `DELETE FROM invitations WHERE organization_id = $1 AND role = $2 RETURNING ${COLUMNS}`,
      values: [organizationId, role],
    });
  }

  async purge(): Promise<void> {
    await this.sql.execute({
      text: 'DELETE FROM invitations WHERE expires_at <= $1',
      values: [this.clock.now()],
    });
  }
}
