import { Injectable } from '@nestjs/common';
import { AdvisoryLock } from '../../database/advisory-locks.js';
import { Sql } from '../../database/sql.js';
import type { InstanceSignal } from '../market/market-data.port.js';

export const END_REASONS = ['deleted', 'cancelled', 'expired', 'user_erased'] as const;
/** By its owner, by an operator, by the clock, or because its owner's account was erased. */
export type EndReason = (typeof END_REASONS)[number];

export const SESSION_STATUSES = ['active', 'expired', 'ended'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export interface SandboxSessionRow {
  readonly id: string;
  readonly created_at: Date;
  readonly organization_id: string;
  readonly user_id: string;
  readonly instance_id: string;
  readonly instance_type: string;
  readonly availability_zone: string;
  readonly aws_region: string;
  readonly aws_access_key_masked: string;
  readonly signal: InstanceSignal;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly end_reason: EndReason | null;
  /** As text, as `bigint` comes. */
  readonly last_log_seq: string;
}

/** With what opens the cloud for it; null once that is wiped. */
export interface SealedSessionRow extends SandboxSessionRow {
  readonly sealed_credentials: Buffer | null;
}

export type NewSession = Omit<SealedSessionRow, 'signal' | 'ended_at' | 'end_reason' | 'last_log_seq'>;

/** Whose sessions: one person's, or all of an organisation. */
export interface SessionsOf {
  readonly organizationId: string;
  readonly userId: string | null;
}

const COLUMNS = `id, created_at, organization_id, user_id, instance_id, instance_type, availability_zone,
  aws_region, aws_access_key_masked, signal, expires_at, ended_at, end_reason, last_log_seq`;

/** What each status means at the time `$now`. */
const IS: Readonly<Record<SessionStatus, string>> = {
  active: 'ended_at IS NULL AND expires_at > $6',
  expired: `(end_reason = 'expired' OR (ended_at IS NULL AND expires_at <= $6))`,
  ended: `ended_at IS NOT NULL AND end_reason <> 'expired' AND $6::timestamptz IS NOT NULL`,
};

@Injectable()
export class SandboxSessionsRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * Those a user has now, until the transaction ends: nobody else counts them meanwhile.
   *
   * @returns when the first of them expires; null without any.
   */
  async countActive(userId: string, now: Date): Promise<{ count: number; firstExpiry: Date | null }> {
    await this.sql.execute({
      name: 'sandbox-sessions-lock',
      text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))',
      values: [AdvisoryLock.sandboxSessions, userId],
    });
    const row = await this.sql.row<{ count: number; first_expiry: Date | null }>({
      name: 'sandbox-sessions-count',
      text: `SELECT count(*)::int AS count, min(expires_at) AS first_expiry FROM sandbox_sessions
             WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2`,
      values: [userId, now],
    });
    return { count: row?.count ?? 0, firstExpiry: row?.first_expiry ?? null };
  }

  async insert(session: NewSession): Promise<void> {
    await this.sql.execute({
      name: 'sandbox-sessions-insert',
      text: `INSERT INTO sandbox_sessions
               (id, created_at, organization_id, user_id, instance_id, instance_type, availability_zone,
                aws_region, aws_access_key_masked, sealed_credentials, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      values: [
        session.id,
        session.created_at,
        session.organization_id,
        session.user_id,
        session.instance_id,
        session.instance_type,
        session.availability_zone,
        session.aws_region,
        session.aws_access_key_masked,
        session.sealed_credentials,
        session.expires_at,
      ],
    });
  }

  find({ organizationId, userId }: SessionsOf, id: string): Promise<SealedSessionRow | null> {
    return this.sql.row({
      name: 'sandbox-sessions-find',
      text: `SELECT ${COLUMNS}, sealed_credentials FROM sandbox_sessions
             WHERE id = $1 AND organization_id = $2 AND ($3::uuid IS NULL OR user_id = $3)`,
      values: [id, organizationId, userId],
    });
  }

  /** Newest first, those before `before`. Not prepared: whose they are decides which index serves. */
  list(
    { organizationId, userId }: SessionsOf,
    {
      status,
      before,
      limit,
      now,
    }: { status: SessionStatus | null; before: string; limit: number; now: Date },
  ): Promise<SandboxSessionRow[]> {
    const condition = status === null ? '$6::timestamptz IS NOT NULL' : IS[status];
    return this.sql.rows({
      text: `SELECT ${COLUMNS} FROM sandbox_sessions
             WHERE organization_id = $1 AND ($2 OR user_id = $3) AND id < $4 AND ${condition}
             ORDER BY id DESC LIMIT $5`,
      values: [organizationId, userId === null, userId, before, limit, now],
    });
  }

  /** Holds a session that is still going on until the transaction ends; null when it is over. */
  lockActive(
    { organizationId, userId }: SessionsOf,
    id: string,
    now: Date,
  ): Promise<SealedSessionRow | null> {
    return this.sql.row({
      name: 'sandbox-sessions-lock-active',
      text: `SELECT ${COLUMNS}, sealed_credentials FROM sandbox_sessions
             WHERE id = $1 AND organization_id = $2 AND ($3::uuid IS NULL OR user_id = $3)
               AND ended_at IS NULL AND expires_at > $4 FOR NO KEY UPDATE`,
      values: [id, organizationId, userId, now],
    });
  }

  /** As `lockActive`, also past its time, and whosever it is: that is asked before. */
  lockOpen(id: string): Promise<SealedSessionRow | null> {
    return this.sql.row({
      name: 'sandbox-sessions-lock-open',
      text: `SELECT ${COLUMNS}, sealed_credentials FROM sandbox_sessions
             WHERE id = $1 AND ended_at IS NULL FOR NO KEY UPDATE`,
      values: [id],
    });
  }

  /** Whether nobody has ended it; its time may be up. */
  async isOpen(id: string): Promise<boolean> {
    const row = await this.sql.row({
      name: 'sandbox-sessions-is-open',
      text: 'SELECT FROM sandbox_sessions WHERE id = $1 AND ended_at IS NULL',
      values: [id],
    });
    return row !== null;
  }

  async end(id: string, { reason, at, wipe }: { reason: EndReason; at: Date; wipe: boolean }): Promise<void> {
    await this.sql.execute({
      name: 'sandbox-sessions-end',
      text: `UPDATE sandbox_sessions SET ended_at = $2, end_reason = $3,
               sealed_credentials = CASE WHEN $4 THEN NULL ELSE sealed_credentials END
             WHERE id = $1 AND ended_at IS NULL`,
      values: [id, at, reason, wipe],
    });
  }

  async wipe(id: string): Promise<void> {
    await this.sql.execute({
      name: 'sandbox-sessions-wipe',
      text: 'UPDATE sandbox_sessions SET sealed_credentials = NULL WHERE id = $1 AND ended_at IS NOT NULL',
      values: [id],
    });
  }

  /** A graver warning takes the place of a milder one, never the other way round. */
  async setSignal(id: string, signal: InstanceSignal): Promise<void> {
    await this.sql.execute({
      name: 'sandbox-sessions-set-signal',
      text: `UPDATE sandbox_sessions SET signal = $2 WHERE id = $1 AND signal <> 'termination'`,
      values: [id, signal],
    });
  }

  /** Past their time but not ended yet, the longest first. */
  async listExpired(now: Date, limit: number): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: `SELECT id FROM sandbox_sessions WHERE ended_at IS NULL AND expires_at <= $1
             ORDER BY expires_at LIMIT $2`,
      values: [now, limit],
    });
    return rows.map(({ id }) => id);
  }

  /** Ended before `before`, but what they left in the cloud is still to be cleaned up. */
  listUncleaned(before: Date, limit: number): Promise<SealedSessionRow[]> {
    return this.sql.rows({
      text: `SELECT ${COLUMNS}, sealed_credentials FROM sandbox_sessions
             WHERE ended_at IS NOT NULL AND sealed_credentials IS NOT NULL AND ended_at < $1
             ORDER BY ended_at LIMIT $2`,
      values: [before, limit],
    });
  }

  async countByStatus(now: Date): Promise<Record<SessionStatus, number>> {
    const row = await this.sql.row<Record<SessionStatus, number>>({
      text: `SELECT count(*) FILTER (WHERE ended_at IS NULL AND expires_at > $1)::int AS active,
                    count(*) FILTER (WHERE end_reason = 'expired' OR (ended_at IS NULL AND expires_at <= $1))::int AS expired,
                    count(*) FILTER (WHERE ended_at IS NOT NULL AND end_reason <> 'expired')::int AS ended
             FROM sandbox_sessions`,
      values: [now],
    });
    return row ?? { active: 0, expired: 0, ended: 0 };
  }
}
