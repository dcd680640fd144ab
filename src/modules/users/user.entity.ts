import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';
import { OrganizationEntity } from './organization.entity.js';

/** A person with an account. E-mail and username are unique without regard to case. */
@Entity('users')
@Index('users_email_key', ['emailKey'], { unique: true })
@Index('users_username_key', ['usernameKey'], { unique: true })
@Index('users_organization_id_id_idx', ['organizationId', 'id'])
export class UserEntity extends BaseEntity {
  @ForeignKey(() => OrganizationEntity, { name: 'users_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'text' })
  username!: string;

  /** The e-mail to look for, in lower case; a trigger writes it. */
  @Column({ type: 'text', insert: false, update: false })
  readonly emailKey!: string;

  /** The username to look for, in lower case; a trigger writes it. */
  @Column({ type: 'text', insert: false, update: false })
  readonly usernameKey!: string;

  @Column({ type: 'text', nullable: true })
  fullName!: string | null;

  /** PHC string or a former system's format; null without a password. */
  @Column({ type: 'text', nullable: true })
  passwordHash!: string | null;

  /** Name of a built-in role or of one of the organisation's own. */
  @Column({ type: 'text' })
  role!: string;

  @Column({ type: 'boolean', default: true })
  isActive!: boolean;

  @Column({ type: 'boolean', default: false })
  emailVerified!: boolean;

  @Column({ type: 'boolean', default: false })
  mfaEnabled!: boolean;

  @Column({ type: 'timestamptz', nullable: true })
  lastLoginAt!: Date | null;
}
