import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The place of a row in its organisation's chain. No foreign key: a row that is gone must be missed. */
@Entity('audit_chain')
export class AuditChainEntity {
  @PrimaryColumn({ type: 'uuid' })
  organizationId!: string;

  /** From 1, without gaps. */
  @PrimaryColumn({ type: 'bigint' })
  seq!: string;

  @Index('audit_chain_log_id_key', { unique: true })
  @Column({ type: 'uuid' })
  logId!: string;

  /** SHA-256 of the row as canonical JSON. */
  @Column({ type: 'bytea' })
  digest!: Buffer;

  /** SHA-256 of the hash before and the digest. */
  @Column({ type: 'bytea' })
  hash!: Buffer;
}
