import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A month of an organisation's trail that is in the object store. */
@Entity('audit_archives')
export class AuditArchiveEntity {
  @PrimaryColumn({ type: 'uuid' })
  organizationId!: string;

  /** Such as `2026_01`. */
  @PrimaryColumn({ type: 'text' })
  month!: string;

  @Column({ type: 'bigint' })
  rows!: string;

  /** Its manifest, signed, as in the object store. */
  @Column({ type: 'text' })
  body!: string;

  /** Null until the object store has the manifest. */
  @Column({ type: 'timestamptz', nullable: true })
  storedAt!: Date | null;
}
