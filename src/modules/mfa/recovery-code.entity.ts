import { Column, Entity, ForeignKey, Unique } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A code that stands in once for a lost factor; it is gone when used. */
@Entity('recovery_codes')
@Unique('recovery_codes_user_id_digest_key', ['userId', 'digest'])
export class RecoveryCodeEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'recovery_codes_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('UserEntity', { onDelete: 'CASCADE', name: 'recovery_codes_user_id_fkey' })
  @Column({ type: 'uuid' })
  userId!: string;

  /** SHA-256: of 80 random bits there is nothing to guess. */
  @Column({ type: 'bytea' })
  digest!: Buffer;
}
