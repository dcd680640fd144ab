import { Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** Who a person is at an issuer elsewhere that they sign in with. */
@Entity('identities')
@Unique('identities_provider_subject_key', ['provider', 'subject'])
@Index('identities_user_id_id_idx', ['userId', 'id'])
export class IdentityEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'identities_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('UserEntity', { onDelete: 'CASCADE', name: 'identities_user_id_fkey' })
  @Column({ type: 'uuid' })
  userId!: string;

  /** Its name in our settings. */
  @Column({ type: 'text' })
  provider!: string;

  /** Its name for the person. */
  @Column({ type: 'text' })
  subject!: string;

  /** As the issuer told it last; who the account is, it does not decide. */
  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'timestamptz' })
  lastUsedAt!: Date;
}
