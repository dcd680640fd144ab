import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was signed of a chain up to `seq`. */
@Entity('audit_seals')
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
