import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

export interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  /** What was set; the rest has its default. */
  readonly settings: { readonly contact_email?: string | null; readonly invitation_days?: number };
  readonly owner_id: string | null;
  readonly created_at: Date;
  readonly deletion_at: Date | null;
}

const COLUMNS = 'id, name, settings, owner_id, created_at, deletion_at';

@Injectable()
export class OrganizationsRepository {
  constructor(private readonly sql: Sql) {}

  find(id: string): Promise<OrganizationRow | null> {
    return this.sql.row({ text: `SELECT ${COLUMNS} FROM organizations WHERE id = $1`, values: [id] });
  }

  /** Keeps it as it is until the transaction ends; people may go on joining. */
  lock(id: string): Promise<OrganizationRow | null> {
    return this.sql.row({
      text: `SELECT ${COLUMNS} FROM organizations WHERE id = $1 FOR NO KEY UPDATE`,
      values: [id],
    });
  }

  async save({ id, name, settings, owner_id, deletion_at }: OrganizationRow): Promise<void> {
    await this.sql.execute({
      text: `UPDATE organizations SET name = $2, settings = $3, owner_id = $4, deletion_at = $5 WHERE id = $1`,
      values: [id, name, JSON.stringify(settings), owner_id, deletion_at],
    });
  }

  async claim(id: string, ownerId: string): Promise<void> {
    await this.sql.execute({
      text: 'UPDATE organizations SET owner_id = $2 WHERE id = $1 AND owner_id IS NULL',
      values: [id, ownerId],
    });
  }

  async listDue(now: Date): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: 'SELECT id FROM organizations WHERE deletion_at <= $1 ORDER BY deletion_at',
      values: [now],
    });
    return rows.map(({ id }) => id);
  }

  async listPeople(id: string, limit: number): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: 'SELECT id FROM users WHERE organization_id = $1 ORDER BY id LIMIT $2',
      values: [id, limit],
    });
    return rows.map((row) => row.id);
  }

  /** Within a unit of work. PostgreSQL looks for it in every table that names one, and takes along what goes with it. */
  async delete(id: string): Promise<void> {
    await this.sql.liftTimeLimit();
    await this.sql.execute({ text: 'DELETE FROM organizations WHERE id = $1', values: [id] });
  }
}
