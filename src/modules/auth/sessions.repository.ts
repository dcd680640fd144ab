import { Injectable } from '@nestjs/common';
import type { Scope } from '../../common/access/scopes.js';
import { batched } from '../../database/batched.js';
import { Sql } from '../../database/sql.js';
import type { Proof } from './evidence.js';
import { SessionEntity, type SessionEnd, type SessionKind } from './session.entity.js';

/** A live look at a session and its owner: all that authentication asks, in one indexed query. */
export interface SessionPrincipalRow {
  readonly session_id: string;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly user_id: string;
  readonly organization_id: string;
  readonly role: string;
  readonly is_active: boolean;
  readonly custom_scopes: Scope[] | null;
  readonly mfa_enabled: boolean;
  readonly authenticated_at: Date;
  readonly amr: Proof[];
}

export interface SessionRow {
  readonly id: string;
  readonly kind: SessionKind;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly created_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
}

const SELECT_PRINCIPAL = `
  SELECT s.id AS session_id, s.expires_at, s.ended_at, u.id AS user_id, u.organization_id, u.role, u.is_active,
         r.scopes AS custom_scopes, u.mfa_enabled, s.authenticated_at, s.amr
  FROM sessions s JOIN users u ON u.id = s.user_id
  LEFT JOIN roles r ON r.organization_id = u.organization_id AND r.name = u.role`;

@Injectable()
export class SessionsRepository {
  /** As committed, whatever the caller has changed meanwhile. */
  readonly findPrincipalById = batched((ids: readonly string[]) => this.findPrincipals(ids));

  constructor(private readonly sql: Sql) {}

  async insert(session: Omit<SessionEntity, 'createdAt' | 'endedAt' | 'endedReason'>): Promise<void> {
    await this.sql.manager.insert(SessionEntity, session);
  }

  findPrincipalByCookieDigest(digest: Buffer): Promise<SessionPrincipalRow | null> {
    const text = `${SELECT_PRINCIPAL} WHERE s.cookie_digest = $1`;
    return this.sql.row({ name: 'session-principal-by-cookie', text, values: [digest] });
  }

  /** Of a session that lasts; null for any other. */
  async findKind(id: string, now: Date): Promise<SessionKind | null> {
    const row = await this.sql.row<{ kind: SessionKind }>({
      name: 'session-kind',
      text: 'SELECT kind FROM sessions WHERE id = $1 AND ended_at IS NULL AND expires_at > $2',
      values: [id, now],
    });
    return row?.kind ?? null;
  }

  private async findPrincipals(ids: readonly string[]): Promise<(SessionPrincipalRow | null)[]> {
    const rows = await this.sql.rows<SessionPrincipalRow>({
      name: 'session-principals',
      text: `${SELECT_PRINCIPAL} WHERE s.id = ANY ($1::uuid[])`,
      values: [ids],
    });
    const found = new Map(rows.map((row) => [row.session_id, row]));
    return ids.map((id) => found.get(id) ?? null);
  }

  /** The sessions that last, and those ended since `alarmsSince` because a stolen refresh token was noticed; newest first, 500 at most. */
  listForUser(userId: string, now: Date, alarmsSince: Date): Promise<SessionRow[]> {
    return this.sql.rows({
      name: 'sessions-of-user',
      text: `SELECT id, kind, host(ip) AS ip, user_agent, created_at, last_seen_at, expires_at, ended_at FROM sessions
             WHERE user_id = $1 AND ((ended_at IS NULL AND expires_at > $2)
                OR (ended_reason = 'refresh_token_reuse' AND ended_at > $3))
             ORDER BY id DESC LIMIT 500`,
      values: [userId, now, alarmsSince],
    });
  }

  /** What the owner of a session has used before from its network, as far back as sessions are kept. */
  async listUserAgents(userId: string, exceptSessionId: string, ip: string): Promise<(string | null)[]> {
    const rows = await this.sql.rows<{ user_agent: string | null }>({
      name: 'sessions-user-agents',
      text: `SELECT DISTINCT user_agent FROM sessions
             WHERE user_id = $1 AND id <> $2
               AND ip <<= network(set_masklen($3::inet, CASE family($3::inet) WHEN 4 THEN 24 ELSE 48 END))`,
      values: [userId, exceptSessionId, ip],
    });
    return rows.map((row) => row.user_agent);
  }

  /** How many sessions last, and when the first of them runs out. */
  async countActive(userId: string, now: Date): Promise<{ count: number; firstExpiry: Date | null }> {
    const row = await this.sql.row<{ count: number; first_expiry: Date | null }>({
      name: 'sessions-count-active',
      text: `SELECT count(*)::int AS count, min(expires_at) AS first_expiry
             FROM sessions WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2`,
      values: [userId, now],
    });
    return { count: row?.count ?? 0, firstExpiry: row?.first_expiry ?? null };
  }

  /** @returns the ids of the sessions this call ended. */
  async end(
    userId: string,
    which: { readonly only?: string; readonly except?: string },
    at: Date,
    reason: SessionEnd,
  ): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      name: 'sessions-end',
      text: `UPDATE sessions SET ended_at = $4, ended_reason = $5
             WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $4
               AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3) RETURNING id`,
      values: [userId, which.only ?? null, which.except ?? null, at, reason],
    });
    return rows.map((row) => row.id);
  }

  /** Locks the session, so that the refresh tokens of a family are exchanged one after the other. */
  lockPrincipal(id: string): Promise<SessionPrincipalRow | null> {
    const text = `${SELECT_PRINCIPAL} WHERE s.id = $1 FOR UPDATE OF s`;
    return this.sql.row({ name: 'session-principal-lock', text, values: [id] });
  }

  async extend(id: string, expiresAt: Date): Promise<void> {
    await this.sql.execute({
      name: 'session-extend',
      text: 'UPDATE sessions SET expires_at = $2 WHERE id = $1',
      values: [id, expiresAt],
    });
  }

  async addProof(id: string, proof: Proof): Promise<void> {
    await this.sql.execute({
      text: 'UPDATE sessions SET amr = array_append(amr, $2) WHERE id = $1 AND NOT amr @> ARRAY[$2]',
      values: [id, proof],
    });
  }

  /**
   * Writes many last-seen times in one statement, each to the minute: a session in
   * constant use must not be rewritten every few seconds. A time never moves back,
   * nor an address to where it was before. The rows are locked in order: two replicas
   * that write at once must not wait for each other.
   */
  async markSeen(seen: readonly { id: string; at: Date; ip: string }[]): Promise<void> {
    await this.sql.execute({
      name: 'sessions-mark-seen',
      text: `WITH seen AS (
               SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::inet[]) AS seen (id, at, ip)
             ), due AS (
               SELECT s.id FROM sessions s JOIN seen USING (id)
               WHERE s.last_seen_at < seen.at - interval '1 minute'
                  OR (s.last_seen_at <= seen.at AND s.ip IS DISTINCT FROM seen.ip)
               ORDER BY s.id FOR NO KEY UPDATE OF s
             )
             UPDATE sessions s SET last_seen_at = seen.at, ip = seen.ip
             FROM seen JOIN due USING (id) WHERE s.id = seen.id`,
      values: [seen.map(({ id }) => id), seen.map(({ at }) => at), seen.map(({ ip }) => ip)],
    });
  }

  /** @returns how many sessions, with their refresh tokens, were removed: of those over since before `before` the first `limit`. */
  purge(before: Date, limit: number): Promise<number> {
    return this.sql.execute({
      // Not by least(expires_at, ended_at), for which there is no index.
      text: `DELETE FROM sessions WHERE id = ANY (ARRAY(
               SELECT id FROM sessions WHERE expires_at < $1 OR ended_at < $1 LIMIT $2))`,
      values: [before, limit],
    });
  }
}
