import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What was signed of a chain up to `seq`. */
@Entity('audit_seals')
@Index('audit_seals_unstored_idx', ['organizationId', 'seq'], { where: 'stored_at IS NULL' })
export class AuditSealEntity {
  @PrimaryColumn({ type: 'uuid' })
  organizationId!: string;

  @PrimaryColumn({ type: 'bigint' })
  seq!: string;

  /** As in the object store, byte for byte. */
  @Column({ type: 'text' })
  body!: string;

  /** Null until the object store has it. */
  @Column({ type: 'timestamptz', nullable: true })
  storedAt!: Date | null;
}
