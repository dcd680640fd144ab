import { Injectable } from '@nestjs/common';
import type { Scope } from '../../common/access/scopes.js';
import { newId } from '../../common/crypto/ids.js';
import { Sql } from '../../database/sql.js';

/** A role an organisation made for itself. */
export interface CustomRole {
  readonly name: string;
  readonly description: string | null;
  readonly scopes: readonly Scope[];
}

@Injectable()
export class RolesRepository {
  constructor(private readonly sql: Sql) {}

  list(organizationId: string): Promise<CustomRole[]> {
    return this.sql.rows({
      text: 'SELECT name, description, scopes FROM roles WHERE organization_id = $1 ORDER BY name',
      values: [organizationId],
    });
  }

  find(organizationId: string, name: string): Promise<CustomRole | null> {
    return this.sql.row({
      text: 'SELECT name, description, scopes FROM roles WHERE organization_id = $1 AND name = $2',
      values: [organizationId, name],
    });
  }

  /** Keeps it from being changed or deleted until the transaction ends; others may do the same. */
  findToAssign(organizationId: string, name: string): Promise<CustomRole | null> {
    return this.sql.row({
      text: 'SELECT name, description, scopes FROM roles WHERE organization_id = $1 AND name = $2 FOR SHARE',
      values: [organizationId, name],
    });
  }

  findToChange(organizationId: string, name: string): Promise<CustomRole | null> {
    return this.sql.row({
      text: 'SELECT name, description, scopes FROM roles WHERE organization_id = $1 AND name = $2 FOR UPDATE',
      values: [organizationId, name],
    });
  }

  /** How many there are. Makes whoever else adds one wait until the transaction ends. */
  async countForNew(organizationId: string): Promise<number> {
    await this.sql.execute({
      text: 'SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE',
      values: [organizationId],
    });
    const row = await this.sql.row<{ count: number }>({
      text: 'SELECT count(*)::int AS count FROM roles WHERE organization_id = $1',
      values: [organizationId],
    });
    return row?.count ?? 0;
  }

  /** @returns false when the name is taken. */
  async insert(organizationId: string, { name, description, scopes }: CustomRole): Promise<boolean> {
    const inserted = await this.sql.execute({
      text: `INSERT INTO roles (id, organization_id, name, description, scopes) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (organization_id, name) DO NOTHING`,
      values: [newId(), organizationId, name, description, scopes],
    });
    return inserted > 0;
  }

  async update(organizationId: string, { name, description, scopes }: CustomRole): Promise<void> {
    await this.sql.execute({
      text: 'UPDATE roles SET description = $3, scopes = $4 WHERE organization_id = $1 AND name = $2',
      values: [organizationId, name, description, scopes],
    });
  }

  async delete(organizationId: string, name: string): Promise<void> {
    await this.sql.execute({
      text: 'DELETE FROM roles WHERE organization_id = $1 AND name = $2',
      values: [organizationId, name],
    });
  }

  async countHolders(organizationId: string, name: string): Promise<number> {
    const row = await this.sql.row<{ count: number }>({
      text: 'SELECT count(*)::int AS count FROM users WHERE organization_id = $1 AND role = $2',
      values: [organizationId, name],
    });
    return row?.count ?? 0;
  }
}
