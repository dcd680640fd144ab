import { Injectable } from '@nestjs/common';
import type { Scope } from '../../common/access/scopes.js';
import { newId } from '../../common/crypto/ids.js';
import { readCursor } from '../../common/pagination/pagination.js';
import { Sql } from '../../database/sql.js';
import type { MachineCredentialKind } from './credential-secret.js';
import { MachineCredentialSecretEntity } from './machine-credential-secret.entity.js';
import { MachineCredentialEntity, type RevocationReason } from './machine-credential.entity.js';

/** A machine credential as its owner sees it; the secret is known by its mask only. */
export interface MachineCredentialRow {
  readonly id: string;
  readonly kind: MachineCredentialKind;
  readonly created_at: Date;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly name: string;
  readonly masked: string;
  readonly scopes: Scope[];
  readonly allowed_ips: string[] | null;
  readonly requests_per_minute: number | null;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly last_used_ip: string | null;
  readonly usage_count: number;
  /** Until when the secret before the last rotation still works; null when none does. */
  readonly previous_valid_until: Date | null;
}

/** Whose credentials a list shows: a person's tokens, or an organisation's keys. */
export type CredentialOwner =
  | { readonly kind: 'pat'; readonly organizationId: string; readonly userId: string }
  | { readonly kind: 'api_key'; readonly organizationId: string; readonly userId?: never };

export type NewMachineCredential = Pick<
  MachineCredentialEntity,
  | 'organizationId'
  | 'kind'
  | 'userId'
  | 'mintedBy'
  | 'name'
  | 'scopes'
  | 'allowedIps'
  | 'requestsPerMinute'
  | 'expiresAt'
>;

export type CredentialChanges = Partial<
  Pick<
    MachineCredentialEntity,
    'name' | 'scopes' | 'allowedIps' | 'requestsPerMinute' | 'expiresAt' | 'expiryWarnedAt'
  >
>;

export interface SecretToKeep {
  readonly digest: Buffer;
  readonly masked: string;
}

const SELECT = `
  SELECT c.id, c.kind, c.created_at, c.organization_id, c.user_id, c.name, s.masked, c.scopes, c.allowed_ips,
         c.requests_per_minute, c.expires_at, c.last_used_at, host(c.last_used_ip) AS last_used_ip,
         c.usage_count::float8 AS usage_count,
         (SELECT max(p.expires_at) FROM machine_credential_secrets p
          WHERE p.credential_id = c.id AND p.expires_at > $1) AS previous_valid_until
  FROM machine_credentials c
  JOIN machine_credential_secrets s ON s.credential_id = c.id AND s.expires_at IS NULL`;

@Injectable()
export class MachineCredentialsRepository {
  constructor(private readonly sql: Sql) {}

  /** @returns the id of the new credential. */
  async insert(credential: NewMachineCredential, secret: SecretToKeep): Promise<string> {
    const id = newId();
    await this.sql.manager.insert(MachineCredentialEntity, { ...credential, id });
    await this.insertSecret(id, credential.organizationId, secret);
    return id;
  }

  async find(owner: CredentialOwner, id: string, now: Date): Promise<MachineCredentialRow | null> {
    return this.sql.row({
      name: 'machine-credentials-find',
      text: `${SELECT} WHERE c.id = $2 AND c.organization_id = $3 AND c.kind = $4
               AND ($5::uuid IS NULL OR c.user_id = $5) AND c.revoked_at IS NULL`,
      values: [now, id, owner.organizationId, owner.kind, owner.userId ?? null],
    });
  }

  /** Newest first, revoked ones left out. */
  list(
    owner: CredentialOwner,
    now: Date,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<MachineCredentialRow[]> {
    return this.sql.rows({
      name: 'machine-credentials-list',
      text: `${SELECT} WHERE c.organization_id = $2 AND c.kind = $3 AND ($4::uuid IS NULL OR c.user_id = $4)
               AND c.revoked_at IS NULL AND ($5::uuid IS NULL OR c.id < $5) ORDER BY c.id DESC LIMIT $6`,
      values: [
        now,
        owner.organizationId,
        owner.kind,
        owner.userId ?? null,
        readCursor(page.cursor)?.id ?? null,
        page.limit + 1,
      ],
    });
  }

  /** How many the owner has that still work. Locks the owner's row of `table`: of two at once the second counts the first's. */
  async countForNew(owner: CredentialOwner, now: Date): Promise<number> {
    const lock = owner.kind === 'pat' ? ['users', owner.userId] : ['organizations', owner.organizationId];
    await this.sql.execute({
      text: `SELECT FROM ${lock[0]} WHERE id = $1 FOR NO KEY UPDATE`,
      values: [lock[1]],
    });
    const row = await this.sql.row<{ count: number }>({
      name: 'machine-credentials-count',
      text: `SELECT count(*)::int AS count FROM machine_credentials
             WHERE organization_id = $1 AND kind = $2 AND ($3::uuid IS NULL OR user_id = $3)
               AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $4)`,
      values: [owner.organizationId, owner.kind, owner.userId ?? null, now],
    });
    return row?.count ?? 0;
  }

  async update(id: string, changes: CredentialChanges): Promise<void> {
    await this.sql.manager.update(MachineCredentialEntity, { id }, changes);
  }

  /** Gives a credential a new secret; what it had works until `graceEndsAt` at most. */
  async replaceSecret(
    id: string,
    organizationId: string,
    secret: SecretToKeep,
    graceEndsAt: Date,
  ): Promise<void> {
    await this.sql.execute({
      name: 'machine-credential-secrets-retire',
      text: `UPDATE machine_credential_secrets SET expires_at = $2
             WHERE credential_id = $1 AND (expires_at IS NULL OR expires_at > $2)`,
      values: [id, graceEndsAt],
    });
    await this.insertSecret(id, organizationId, secret);
  }

  /** Locks a credential against changes at the same time. */
  async lock(id: string): Promise<void> {
    await this.sql.execute({
      text: 'SELECT FROM machine_credentials WHERE id = $1 FOR UPDATE',
      values: [id],
    });
  }

  /** Whether it is not revoked; it then stays so until the transaction ends. */
  async holdLive(id: string): Promise<boolean> {
    const row = await this.sql.row({
      name: 'machine-credential-hold-live',
      text: 'SELECT FROM machine_credentials WHERE id = $1 AND revoked_at IS NULL FOR SHARE',
      values: [id],
    });
    return row !== null;
  }

  /** The credential a secret belongs to, revoked or not; null for one unknown or past its grace, which opens nothing. */
  findByDigest(
    digest: Buffer,
    now: Date,
  ): Promise<(MachineCredentialRow & { revoked_at: Date | null }) | null> {
    return this.sql.row({
      text: `SELECT found.*, c.revoked_at FROM (${SELECT}) AS found JOIN machine_credentials c USING (id)
             WHERE found.id = (SELECT credential_id FROM machine_credential_secrets
                               WHERE digest = $2 AND (expires_at IS NULL OR expires_at > $1))`,
      values: [now, digest],
    });
  }

  /**
   * Revokes a credential and all that it made, and they made, as far as that is committed.
   *
   * @returns what this call revoked, the credential itself first.
   */
  async revoke(id: string, at: Date, reason: RevocationReason): Promise<RevokedCredential[]> {
    return this.sql.rows({
      name: 'machine-credentials-revoke',
      text: `WITH RECURSIVE family AS (
               SELECT id FROM machine_credentials WHERE id = $1
               UNION SELECT c.id FROM machine_credentials c JOIN family ON c.minted_by = family.id
             )
             UPDATE machine_credentials c
             SET revoked_at = $2, revoked_reason = CASE WHEN c.id = $1 THEN $3 ELSE 'minter_revoked' END
             FROM family WHERE c.id = family.id AND c.revoked_at IS NULL
             RETURNING c.id, c.kind, c.name, c.organization_id, c.user_id, c.revoked_reason AS reason`,
      values: [id, at, reason],
    });
  }

  async listMadeBy(userId: string, kinds: readonly MachineCredentialKind[]): Promise<string[]> {
    const rows = await this.sql.rows<{ id: string }>({
      text: `SELECT id FROM machine_credentials WHERE user_id = $1 AND kind = ANY ($2) AND revoked_at IS NULL`,
      values: [userId, kinds],
    });
    return rows.map(({ id }) => id);
  }

  private async insertSecret(
    credentialId: string,
    organizationId: string,
    secret: SecretToKeep,
  ): Promise<void> {
    await this.sql.manager.insert(MachineCredentialSecretEntity, {
      ...secret,
      id: newId(),
      organizationId,
      credentialId,
      expiresAt: null,
    });
  }
}

export interface RevokedCredential {
  readonly id: string;
  readonly kind: MachineCredentialKind;
  readonly name: string;
  readonly organization_id: string;
  readonly user_id: string | null;
  readonly reason: RevocationReason;
}
