import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** An evaluation as far as models are judged by it: what was seen, predicted and decided, and later what came. Nobody's name. */
@Entity('lab_experiments')
@Index('lab_experiments_instance_id_id_idx', ['organizationId', 'instanceId', 'id'])
@Index('lab_experiments_model_id_id_idx', ['organizationId', 'modelId', 'id'])
@Index('lab_experiments_decision_id_idx', ['organizationId', 'decision', 'id'])
@Index('lab_experiments_challenger_id_id_idx', ['organizationId', 'challengerId', 'id'], {
  where: 'challenger_id IS NOT NULL',
})
@Index('lab_experiments_failed_model_id_id_idx', ['organizationId', 'failedModelId', 'id'], {
  where: 'failed_model_id IS NOT NULL',
})
@Index('lab_experiments_organization_id_id_idx', ['organizationId', 'id'])
@Index('lab_experiments_created_at_id_idx', ['organizationId', 'createdAt', 'id'])
export class LabExperimentEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { onDelete: 'CASCADE', name: 'lab_experiments_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  /** Of the sandbox; it may be gone. */
  @Column({ type: 'uuid', nullable: true })
  sessionId!: string | null;

  @Column({ type: 'text' })
  instanceId!: string;

  @Column({ type: 'text' })
  instanceType!: string;

  @Column({ type: 'text' })
  availabilityZone!: string;

  @Column({ type: 'text' })
  mode!: string;

  /** Whose prediction it is. */
  @Column({ type: 'uuid' })
  modelId!: string;

  @Column({ type: 'text' })
  modelName!: string;

  @Column({ type: 'text' })
  modelVersion!: string;

  /** The one that was asked and failed. */
  @Column({ type: 'uuid', nullable: true })
  failedModelId!: string | null;

  @Column({ type: 'text', nullable: true })
  failedModelName!: string | null;

  @Column({ type: 'text', nullable: true })
  failedModelVersion!: string | null;

  @Column({ type: 'text', nullable: true })
  failedModelProblem!: string | null;

  @Column({ type: 'uuid', nullable: true })
  challengerId!: string | null;

  @Column({ type: 'text', nullable: true })
  challengerName!: string | null;

  @Column({ type: 'text', nullable: true })
  challengerVersion!: string | null;

  @Column({ type: 'double precision', nullable: true })
  challengerProbability!: number | null;

  @Column({ type: 'text', nullable: true })
  challengerProblem!: string | null;

  @Column({ type: 'jsonb' })
  features!: Record<string, unknown>;

  @Column({ type: 'double precision' })
  crashProbability!: number;

  /** The safety gate's limit then. */
  @Column({ type: 'double precision' })
  maxCrashProbability!: number;

  @Column({ type: 'text' })
  awsSignal!: string;

  @Column({ type: 'text' })
  decision!: string;

  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'jsonb' })
  config!: Record<string, unknown>;

  @Column({ type: 'jsonb' })
  stages!: readonly unknown[];

  @Column({ type: 'double precision' })
  executionTimeMs!: number;

  @Column({ type: 'boolean', nullable: true })
  interrupted!: boolean | null;

  @Column({ type: 'timestamptz', nullable: true })
  observedAt!: Date | null;

  /** When somebody told. */
  @Column({ type: 'timestamptz', nullable: true })
  outcomeAt!: Date | null;
}
