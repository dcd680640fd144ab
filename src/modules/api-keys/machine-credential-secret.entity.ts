import { Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A secret of a machine credential. It has one at a time, and after a rotation its former ones until their grace is over. */
@Entity('machine_credential_secrets')
@Unique('machine_credential_secrets_digest_key', ['digest'])
@Index('machine_credential_secrets_current_key', ['credentialId'], {
  unique: true,
  where: 'expires_at IS NULL',
})
@Index('machine_credential_secrets_credential_id_idx', ['credentialId'])
export class MachineCredentialSecretEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'machine_credential_secrets_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('MachineCredentialEntity', {
    onDelete: 'CASCADE',
    name: 'machine_credential_secrets_credential_id_fkey',
  })
  @Column({ type: 'uuid' })
  credentialId!: string;

  /** SHA-256 of the secret. */
  @Column({ type: 'bytea' })
  digest!: Buffer;

  /** What may be shown of it. */
  @Column({ type: 'text' })
  masked!: string;

  /** When its grace ends; null for the current one. */
  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;
}
