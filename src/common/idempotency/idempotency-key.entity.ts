import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A request that is, or was, served under an `Idempotency-Key`. */
@Entity('idempotency_keys')
@Index('idempotency_keys_expires_at_idx', ['expiresAt'])
export class IdempotencyKeyEntity {
  /** SHA-256 of the caller and its key. */
  @PrimaryColumn({ type: 'bytea' })
  digest!: Buffer;

  /** The caller's; null for one without a credential. */
  @ForeignKey('OrganizationEntity', { onDelete: 'CASCADE', name: 'idempotency_keys_organization_id_fkey' })
  @Column({ type: 'uuid', nullable: true })
  organizationId!: string | null;

  /** HMAC-SHA-256 of the request. */
  @Column({ type: 'bytea' })
  fingerprint!: Buffer;

  /** The attempt that serves it: whoever takes over an abandoned one writes its own. */
  @Column({ type: 'uuid' })
  holder!: string;

  /** An attempt that has committed nothing until then is taken for dead. */
  @Column({ type: 'timestamptz' })
  leasedUntil!: Date;

  /** When it took effect, written in the transaction of the effect itself. */
  @Column({ type: 'timestamptz', nullable: true })
  committedAt!: Date | null;

  /** Sealed: it may hold a secret that is shown once. */
  @Column({ type: 'bytea', nullable: true })
  answer!: Buffer | null;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;
}
