import { Column, Entity, Index } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** A key that signs what is sealed of the trail, or once did. */
@Entity('audit_keys')
export class AuditKeyEntity extends BaseEntity {
  /** Of the public key (RFC 7638). */
  @Index('audit_keys_thumbprint_key', { unique: true })
  @Column({ type: 'text' })
  thumbprint!: string;

  /** PEM: the private key, or the public one where the private came from AUDIT_SIGNING_KEY. */
  @Column({ type: 'bytea' })
  sealedKey!: Buffer;
}
