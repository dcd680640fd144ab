import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { MachineCredentialKind } from './credential-secret.js';

/** Who is to be told of tokens and keys: their owner, or the organisation once that person is gone. */
export interface WarnedOwner {
  readonly organization_id: string;
  readonly user_id: string | null;
}

export interface CredentialToWarnOf {
  readonly id: string;
  readonly kind: MachineCredentialKind;
  readonly name: string;
  readonly masked: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly is_expiring: boolean;
  readonly is_unused: boolean;
}

/** What is worth a warning: a credential that ends before `endsBefore`, or unused since before `madeBefore`. */
export interface WarningRules {
  readonly now: Date;
  readonly endsBefore: Date;
  readonly madeBefore: Date;
}

const EXPIRING = `(c.expires_at > $1 AND c.expires_at <= $2 AND c.expiry_warned_at IS NULL)`;
const UNUSED = `(c.last_used_at IS NULL AND c.created_at < $3 AND c.unused_warned_at IS NULL)`;
const LIVE = `c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $1)`;

/** What happens to machine credentials without anybody asking. */
@Injectable()
export class CredentialUpkeepRepository {
  constructor(private readonly sql: Sql) {}

  listOwnersToWarn(rules: WarningRules): Promise<WarnedOwner[]> {
    return this.sql.rows({
      text: `SELECT DISTINCT c.organization_id, c.user_id FROM machine_credentials c
             WHERE ${LIVE} AND (${EXPIRING} OR ${UNUSED})`,
      values: values(rules),
    });
  }

  /** Marks what an owner is told of now, so that it is told once. */
  async takeWarnings(owner: WarnedOwner, rules: WarningRules): Promise<CredentialToWarnOf[]> {
    return this.sql.rows({
      text: `UPDATE machine_credentials w
             SET expiry_warned_at = CASE WHEN due.is_expiring THEN $1 ELSE w.expiry_warned_at END,
                 unused_warned_at = CASE WHEN due.is_unused THEN $1 ELSE w.unused_warned_at END
             FROM (SELECT c.id, s.masked, ${EXPIRING} AS is_expiring, ${UNUSED} AS is_unused
                   FROM machine_credentials c
                   JOIN machine_credential_secrets s ON s.credential_id = c.id AND s.expires_at IS NULL
                   WHERE ${LIVE} AND c.organization_id = $4 AND c.user_id IS NOT DISTINCT FROM $5
                     AND (${EXPIRING} OR ${UNUSED}) FOR UPDATE OF c) AS due
             WHERE w.id = due.id
             RETURNING w.id, w.kind, w.name, due.masked, w.created_at, w.expires_at,
                       coalesce(due.is_expiring, false) AS is_expiring, coalesce(due.is_unused, false) AS is_unused`,
      values: [...values(rules), owner.organization_id, owner.user_id],
    });
  }

  /** Removes what has been over since before `before`, and secrets whose grace is. */
  async purge(before: Date): Promise<void> {
    await this.sql.execute({
      text: `DELETE FROM machine_credentials
             WHERE least(revoked_at, expires_at) < $1 OR (kind = 'pat' AND user_id IS NULL)`,
      values: [before],
    });
    await this.sql.execute({
      text: 'DELETE FROM machine_credential_secrets WHERE expires_at < $1',
      values: [before],
    });
  }
}

function values({ now, endsBefore, madeBefore }: WarningRules): Date[] {
  return [now, endsBefore, madeBefore];
}
