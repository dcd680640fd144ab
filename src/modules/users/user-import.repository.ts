import { Injectable } from '@nestjs/common';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { Sql } from '../../database/sql.js';
import type { ImportedUserDto } from './user-import.dto.js';

export interface NewImportedUser {
  readonly id: string;
  readonly line: number;
  readonly user: ImportedUserDto;
}

export interface Taken {
  readonly id: string;
  readonly email_taken: boolean;
  readonly username_taken: boolean;
}

/** `lock_not_available` and `query_canceled`: by the database's lock_timeout or our statement_timeout. */
const TIMEOUTS: ReadonlySet<unknown> = new Set(['55P03', '57014']);

@Injectable()
export class UserImportRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * Waits until no other import writes. Each writes many people, in the order of its
   * lines: two at once could each hold what the other waits for.
   *
   * @returns false where that took too long; the transaction can then only be given up.
   */
  async lock(): Promise<boolean> {
    try {
      await this.sql.execute({
        name: 'user-import-lock',
        text: 'SELECT pg_advisory_xact_lock($1)',
        values: [AdvisoryLock.userImport],
      });
      return true;
    } catch (error) {
      if (TIMEOUTS.has((error as { code?: unknown }).code)) return false;
      throw error;
    }
  }

  /**
   * Any number in one statement. Of two with one e-mail or username the first is made.
   *
   * @returns the ids of those that were.
   */
  async insert(organizationId: string, users: readonly NewImportedUser[]): Promise<Set<string>> {
    const rows = await this.sql.rows<{ id: string }>({
      name: 'user-import-insert',
      text: `INSERT INTO users (organization_id, id, email, username, full_name, password_hash, role, is_active, email_verified)
             SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                                      $8::boolean[], $9::boolean[])
             ON CONFLICT DO NOTHING RETURNING id`,
      values: [
        organizationId,
        users.map(({ id }) => id),
        users.map(({ user }) => user.email),
        users.map(({ user }) => user.username),
        users.map(({ user }) => user.full_name ?? null),
        users.map(({ user }) => user.password_hash ?? null),
        users.map(({ user }) => user.role),
        users.map(({ user }) => user.is_active),
        users.map(({ user }) => user.email_verified),
      ],
    });
    return new Set(rows.map(({ id }) => id));
  }

  /** What of each another account has. */
  findTaken(users: readonly NewImportedUser[]): Promise<Taken[]> {
    return this.sql.rows({
      name: 'user-import-taken',
      text: `SELECT wanted.id,
                    EXISTS (SELECT FROM users u WHERE u.email_key = lower(wanted.email)) AS email_taken,
                    EXISTS (SELECT FROM users u WHERE u.username_key = lower(wanted.username)) AS username_taken
             FROM unnest($1::uuid[], $2::text[], $3::text[]) AS wanted (id, email, username)`,
      values: [
        users.map(({ id }) => id),
        users.map(({ user }) => user.email),
        users.map(({ user }) => user.username),
      ],
    });
  }
}
