import { Column, Entity, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';
import type { BackupEngineName, BackupKind } from './backup-manifest.js';

/**
 * `queued` and `running` until it is made; `good` from then on, `damaged` once it is
 * known not to be what it was, `failed` where it was given up; `deleting` until
 * nothing of it is left.
 */
export const BACKUP_STATUSES = ['queued', 'running', 'good', 'failed', 'damaged', 'deleting'] as const;
export type BackupStatus = (typeof BACKUP_STATUSES)[number];

/** `none` before there is anything to verify; `failed` of a good backup where it could not be tried. */
export const VERIFICATION_STATUSES = ['none', 'queued', 'running', 'ok', 'failed'] as const;
export type VerificationStatus = (typeof VERIFICATION_STATUSES)[number];

export const REPLICA_STATUSES = ['none', 'queued', 'running', 'copied', 'failed'] as const;
export type ReplicaStatus = (typeof REPLICA_STATUSES)[number];

/** `found`: its manifest was in the store, and nobody here knew of it. */
export const BACKUP_TRIGGERS = ['schedule', 'person', 'found'] as const;
export type BackupTrigger = (typeof BACKUP_TRIGGERS)[number];

/** What is known of a backup; what it is made of stands in its manifest. Of the whole installation, of no organisation. */
@Entity('backups')
@Index('backups_status_due_at_idx', ['status', 'dueAt'])
export class BackupEntity extends BaseEntity {
  @Column({ type: 'text' })
  kind!: BackupKind;

  @Column({ type: 'text' })
  engine!: BackupEngineName;

  /** No foreign key: what it continues may be known by its manifest alone. */
  @Column({ type: 'uuid', nullable: true })
  parentId!: string | null;

  @Column({ type: 'text' })
  status!: BackupStatus;

  @Column({ type: 'text' })
  trigger!: BackupTrigger;

  @Column({ type: 'uuid', nullable: true })
  requestedBy!: string | null;

  /** Not to be worked on before. */
  @Column({ type: 'timestamptz' })
  dueAt!: Date;

  /** Of what is being done with it now; 0 once that has succeeded. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;

  /** Of all its objects, before they were sealed. */
  @Column({ type: 'bigint', nullable: true })
  bytes!: string | null;

  @Column({ type: 'bigint', default: 0 })
  progressBytes!: string;

  /** The code of what the last attempt failed of. */
  @Column({ type: 'text', nullable: true })
  error!: string | null;

  /** The same in words without secrets. */
  @Column({ type: 'text', nullable: true })
  errorDetail!: string | null;

  @Column({ type: 'text', default: 'none' })
  verification!: VerificationStatus;

  @Column({ type: 'timestamptz', nullable: true })
  verifiedAt!: Date | null;

  @Column({ type: 'float8', nullable: true })
  verificationSeconds!: number | null;

  @Column({ type: 'text', nullable: true })
  verificationDetail!: string | null;

  @Column({ type: 'text', default: 'none' })
  replica!: ReplicaStatus;

  @Column({ type: 'timestamptz', nullable: true })
  replicaAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  replicaDetail!: string | null;

  /** Of the manifest what people want to see; null before there is one. */
  @Column({ type: 'jsonb', nullable: true })
  summary!: object | null;
}
