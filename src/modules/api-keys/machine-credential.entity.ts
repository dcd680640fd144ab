import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import type { Scope } from '../../common/access/scopes.js';
import { BaseEntity } from '../../database/base.entity.js';
import type { MachineCredentialKind } from './credential-secret.js';

/** Why a credential was revoked: by whoever may, by whoever found it, along with its maker, or when the maker's account went to whoever reads its address. */
export type RevocationReason =
  'revoked' | 'presented' | 'minter_revoked' | 'user_deactivated' | 'user_erased' | 'account_claimed';

/** A personal access token or a service key: what programs sign in with. */
@Entity('machine_credentials')
@Check('machine_credentials_kind_check', `kind IN ('pat', 'api_key')`)
@Index('machine_credentials_user_id_id_idx', ['userId', 'id'])
@Index('machine_credentials_organization_id_id_idx', ['organizationId', 'id'])
@Index('machine_credentials_minted_by_idx', ['mintedBy'])
export class MachineCredentialEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'machine_credentials_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'text' })
  kind!: MachineCredentialKind;

  /** Whose live scopes bound it: a token's owner, a key's maker. Null once that person is gone. */
  @ForeignKey('UserEntity', { onDelete: 'SET NULL', name: 'machine_credentials_user_id_fkey' })
  @Column({ type: 'uuid', nullable: true })
  userId!: string | null;

  /** The token or key that made it and whose revocation ends it; null where a person did. */
  @Column({ type: 'uuid', nullable: true })
  mintedBy!: string | null;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', array: true })
  scopes!: Scope[];

  /** Addresses and networks it may be used from; null for any. */
  @Column({ type: 'text', array: true, nullable: true })
  allowedIps!: string[] | null;

  @Column({ type: 'integer', nullable: true })
  requestsPerMinute!: number | null;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  revokedReason!: RevocationReason | null;

  @Column({ type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;

  @Column({ type: 'inet', nullable: true })
  lastUsedIp!: string | null;

  @Column({ type: 'bigint', default: 0 })
  usageCount!: string;

  /** When its owner was told that it is about to expire. */
  @Column({ type: 'timestamptz', nullable: true })
  expiryWarnedAt!: Date | null;

  /** When its owner was told that nobody uses it. */
  @Column({ type: 'timestamptz', nullable: true })
  unusedWarnedAt!: Date | null;
}
