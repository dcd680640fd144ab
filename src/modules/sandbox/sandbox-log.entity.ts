import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A line of a session's log. Written once; numbered from 1 without a gap. */
@Entity('sandbox_logs')
export class SandboxLogEntity {
  @ForeignKey('SandboxSessionEntity', { onDelete: 'CASCADE', name: 'sandbox_logs_session_id_fkey' })
  @PrimaryColumn({ type: 'uuid' })
  sessionId!: string;

  @PrimaryColumn({ type: 'bigint' })
  seq!: string;

  @ForeignKey('OrganizationEntity', { name: 'sandbox_logs_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'text' })
  logType!: string;

  @Column({ type: 'text' })
  level!: string;

  @Column({ type: 'text' })
  message!: string;

  @Column({ type: 'jsonb', nullable: true })
  data!: Record<string, unknown> | null;

  /** What listeners are told besides, in its place in the log: a decision, or the session's end. */
  @Column({ type: 'text', nullable: true })
  event!: string | null;

  @Column({ type: 'timestamptz' })
  timestamp!: Date;
}
