import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** What the last evaluation of a session found, whole; of those before it the actions tell the decision. */
@Entity('sandbox_evaluations')
export class SandboxEvaluationEntity {
  @ForeignKey('SandboxSessionEntity', { onDelete: 'CASCADE', name: 'sandbox_evaluations_session_id_fkey' })
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'sandbox_evaluations_pkey' })
  sessionId!: string;

  @ForeignKey('OrganizationEntity', { name: 'sandbox_evaluations_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @Column({ type: 'jsonb' })
  evaluation!: Record<string, unknown>;
}
