import { Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A WebAuthn credential: what we keep of it is public. */
@Entity('passkeys')
@Unique('passkeys_credential_id_key', ['credentialId'])
@Index('passkeys_user_id_id_idx', ['userId', 'id'])
export class PasskeyEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'passkeys_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('UserEntity', { onDelete: 'CASCADE', name: 'passkeys_user_id_fkey' })
  @Column({ type: 'uuid' })
  userId!: string;

  @Column({ type: 'text' })
  name!: string;

  /** As the authenticator chose it, base64url. */
  @Column({ type: 'text' })
  credentialId!: string;

  /** COSE. */
  @Column({ type: 'bytea' })
  publicKey!: Buffer;

  /** How often it has signed, by its own count; many say 0 for ever. */
  @Column({ type: 'bigint' })
  counter!: string;

  @Column({ type: 'text', array: true })
  transports!: string[];

  /** Whether its maker copies it to other devices of the owner. */
  @Column({ type: 'boolean' })
  isBackedUp!: boolean;

  @Column({ type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;
}
