import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** One thing a user's clients remember for them. */
@Entity('user_preferences')
export class PreferenceEntity {
  @ForeignKey('UserEntity', { onDelete: 'CASCADE', name: 'user_preferences_user_id_fkey' })
  @PrimaryColumn({ type: 'uuid' })
  userId!: string;

  /** Sorted by its bytes, so that pages follow each other alike on every server. */
  @PrimaryColumn({ type: 'text', collation: 'C' })
  key!: string;

  @ForeignKey('OrganizationEntity', { name: 'user_preferences_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  /** Not `jsonb`, which reorders members and writes numbers out: it comes back as it was sent. */
  @Column({ type: 'json' })
  value!: unknown;

  @Column({ type: 'timestamptz' })
  updatedAt!: Date;
}
