import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { scopesOfRole, type Scope } from '../../common/access/scopes.js';
import { readCursor } from '../../common/pagination/pagination.js';
import { ReplicaReads } from '../../common/replicas/replica-reads.js';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { Sql } from '../../database/sql.js';
import { OrganizationEntity } from './organization.entity.js';
import { UserEntity } from './user.entity.js';
import { UserErrors } from './users.errors.js';

/** A user as read from the database, with the scopes of their role. */
export interface UserRow {
  readonly id: string;
  readonly organization_id: string;
  readonly email: string;
  readonly username: string;
  readonly full_name: string | null;
  readonly password_hash: string | null;
  readonly role: string;
  readonly scopes: readonly Scope[];
  readonly is_active: boolean;
  readonly email_verified: boolean;
  readonly mfa_enabled: boolean;
  readonly created_at: Date;
  readonly last_login_at: Date | null;
}

type StoredUser = Omit<UserRow, 'scopes'> & { readonly custom_scopes: Scope[] | null };

export interface UserFilters {
  readonly q: string | undefined;
  readonly role: string | undefined;
  readonly isActive: boolean | undefined;
}

const SELECT_USER = `
  SELECT u.id, u.organization_id, u.email, u.username, u.full_name, u.password_hash, u.role, u.is_active,
         u.email_verified, u.mfa_enabled, u.created_at, u.last_login_at, r.scopes AS custom_scopes
  FROM users u LEFT JOIN roles r ON r.organization_id = u.organization_id AND r.name = u.role`;

@Injectable()
export class UsersRepository {
  constructor(
    private readonly sql: Sql,
    private readonly reads: ReplicaReads,
  ) {}

  /** @throws AppError 409 when the e-mail or the username is taken. */
  async insert(
    user: Omit<UserEntity, 'createdAt' | 'lastLoginAt' | 'emailKey' | 'usernameKey'>,
  ): Promise<void> {
    try {
      await this.sql.manager.insert(UserEntity, user);
    } catch (error) {
      throw takenError(error) ?? error;
    }
  }

  /** Held until the transaction ends: of replicas that start together, the second finds what the first made. */
  async lockFirstStart(): Promise<void> {
    await this.sql.execute({ text: 'SELECT pg_advisory_xact_lock($1)', values: [AdvisoryLock.firstStart] });
  }

  async insertOrganization(organization: Pick<OrganizationEntity, 'id' | 'name'>): Promise<void> {
    await this.sql.manager.insert(OrganizationEntity, organization);
  }

  async organizationExists(id: string): Promise<boolean> {
    return this.sql.manager.existsBy(OrganizationEntity, { id });
  }

  /** Which of the two another account already has; one look-up for both. */
  async findTaken(email: string, username: string): Promise<('email' | 'username')[]> {
    const rows = await this.sql.rows<{ same_email: boolean; same_username: boolean }>({
      name: 'users-taken',
      text: `SELECT email_key = lower($1) AS same_email, username_key = lower($2) AS same_username
             FROM users WHERE email_key = lower($1) OR username_key = lower($2)`,
      values: [email, username],
    });
    const fields: ('email' | 'username')[] = [];
    if (rows.some((row) => row.same_email)) fields.push('email');
    if (rows.some((row) => row.same_username)) fields.push('username');
    return fields;
  }

  async findById(id: string): Promise<UserRow | null> {
    return this.findOne('users-by-id', `${SELECT_USER} WHERE u.id = $1`, [id]);
  }

  /** Locks the account until the transaction ends; rows that refer to it can be written meanwhile. */
  async lock(id: string): Promise<UserRow | null> {
    return this.findOne('users-lock', `${SELECT_USER} WHERE u.id = $1 FOR NO KEY UPDATE OF u`, [id]);
  }

  /**
   * As `lock`, against those too who make something for the account: it is there
   * before the account changes hands, or waits until it has.
   */
  async lockByEmail(email: string): Promise<UserRow | null> {
    const text = `${SELECT_USER} WHERE u.email_key = lower($1) FOR UPDATE OF u`;
    return this.findOne('users-lock-by-email', text, [email]);
  }

  async findInOrganization(organizationId: string, id: string): Promise<UserRow | null> {
    const where = `${SELECT_USER} WHERE u.id = $1 AND u.organization_id = $2`;
    return this.findOne('users-by-id-in-organization', where, [id, organizationId]);
  }

  /** Locks the account against everybody, who may not refer to it either: it is about to go. */
  lockToDelete(id: string): Promise<Pick<UserRow, 'id' | 'organization_id' | 'email'> | null> {
    return this.sql.row({
      text: 'SELECT id, organization_id, email FROM users WHERE id = $1 FOR UPDATE',
      values: [id],
    });
  }

  /** Within a unit of work. With all that goes along, of the busiest it may take minutes. */
  async delete(id: string): Promise<void> {
    await this.sql.liftTimeLimit();
    await this.sql.execute({ text: 'DELETE FROM users WHERE id = $1', values: [id] });
  }

  /** By e-mail or by username: the two can't be confused, a username holds no `@`. */
  async findByLogin(identifier: string): Promise<UserRow | null> {
    const where = `${SELECT_USER} WHERE u.email_key = lower($1) OR u.username_key = lower($1)`;
    return this.findOne('users-by-login', where, [identifier]);
  }

  /** Newest first. */
  async list(
    organizationId: string,
    filters: UserFilters,
    limit: number,
    cursor?: string,
  ): Promise<UserRow[]> {
    const rows = await this.reads.rows<StoredUser>({
      name: 'users-list',
      text: `${SELECT_USER}
        WHERE u.organization_id = $1 AND ($2::uuid IS NULL OR u.id < $2)
          AND ($3::text IS NULL OR u.email ILIKE $3 OR u.username ILIKE $3 OR u.full_name ILIKE $3)
          AND ($4::text IS NULL OR u.role = $4) AND ($5::boolean IS NULL OR u.is_active = $5)
        ORDER BY u.id DESC LIMIT $6`,
      values: [
        organizationId,
        readCursor(cursor)?.id ?? null,
        filters.q === undefined ? null : `%${filters.q.replaceAll(/[\\%_]/g, '\\$&')}%`,
        filters.role ?? null,
        filters.isActive ?? null,
        limit + 1,
      ],
    });
    return rows.map(withScopes);
  }

  async update(
    id: string,
    changes: Partial<
      Pick<UserEntity, 'fullName' | 'role' | 'isActive' | 'passwordHash' | 'emailVerified' | 'mfaEnabled'>
    >,
  ): Promise<void> {
    await this.sql.manager.update(UserEntity, { id }, changes);
  }

  /**
   * Marks a sign-in, if the account is still as it was when the sign-in was proven.
   *
   * @returns whether it was; the row stays locked until the transaction ends.
   */
  async recordLogin(proven: UserRow, at: Date): Promise<boolean> {
    const updated = await this.sql.execute({
      name: 'users-record-login',
      text: `UPDATE users SET last_login_at = $3
             WHERE id = $1 AND is_active AND password_hash IS NOT DISTINCT FROM $2 AND mfa_enabled = $4`,
      values: [proven.id, proven.password_hash, at, proven.mfa_enabled],
    });
    return updated > 0;
  }

  /** Whoever else changes people there waits until the transaction ends, and then sees what it did. */
  async lockOrganization(id: string): Promise<void> {
    await this.sql.execute({
      text: 'SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE',
      values: [id],
    });
  }

  /** Whether the organisation has an active admin beside this user. */
  async hasAdminBeside({ id, organization_id: organizationId }: UserRow): Promise<boolean> {
    const row = await this.sql.row({
      text: `SELECT FROM users WHERE organization_id = $1 AND role = 'admin' AND is_active AND id <> $2 LIMIT 1`,
      values: [organizationId, id],
    });
    return row !== null;
  }

  async anyAdminExists(): Promise<boolean> {
    return this.sql.manager.existsBy(UserEntity, { role: 'admin' });
  }

  private async findOne(name: string, text: string, values: unknown[]): Promise<UserRow | null> {
    const row = await this.sql.row<StoredUser>({ name, text, values });
    return row === null ? null : withScopes(row);
  }
}

function withScopes({ custom_scopes, ...user }: StoredUser): UserRow {
  return { ...user, scopes: scopesOfRole(user.role, custom_scopes) };
}

/** Two registrations at once pass the look-up; the unique index tells the second. */
function takenError(error: unknown): Error | null {
  if (!(error instanceof QueryFailedError)) return null;
  const { code, constraint } = error.driverError as { code?: string; constraint?: string };
  if (code !== '23505') return null;
  return UserErrors.taken([constraint === 'users_username_key' ? 'username' : 'email']);
}
