import { Column, Entity, ForeignKey, Unique } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A user's authenticator app: begun, and theirs once a code of it has confirmed it. */
@Entity('totp_factors')
@Unique('totp_factors_user_id_key', ['userId'])
export class TotpFactorEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'totp_factors_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('UserEntity', { onDelete: 'CASCADE', name: 'totp_factors_user_id_fkey' })
  @Column({ type: 'uuid' })
  userId!: string;

  /** Base32, sealed with ENCRYPTION_KEY for its user. */
  @Column({ type: 'bytea' })
  sealedSecret!: Buffer;

  @Column({ type: 'timestamptz', nullable: true })
  confirmedAt!: Date | null;

  /** The last time step a code was accepted for: none is accepted twice. */
  @Column({ type: 'bigint', nullable: true })
  lastStep!: string | null;

  /** Wrong codes in a row. */
  @Column({ type: 'integer', default: 0 })
  failures!: number;

  @Column({ type: 'timestamptz', default: '-infinity' })
  blockedUntil!: Date;
}
