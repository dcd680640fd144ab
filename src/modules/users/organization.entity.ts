import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A tenant: every other row belongs to one. */
@Entity('organizations')
@Index('organizations_owner_id_idx', ['ownerId'])
export class OrganizationEntity extends BaseEntity {
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'jsonb', default: {} })
  settings!: Record<string, unknown>;

  /** Who may give it away and delete it; null where nobody does yet, or that person is gone. */
  @ForeignKey('UserEntity', { onDelete: 'SET NULL', name: 'organizations_owner_id_fkey' })
  @Column({ type: 'uuid', nullable: true })
  ownerId!: string | null;

  /** When it will be gone, unless it is restored before; null while nobody deleted it. */
  @Column({ type: 'timestamptz', nullable: true })
  deletionAt!: Date | null;
}
