import { Column, Entity } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';

/** An asymmetric key that signs access tokens; its id is the `kid`. */
@Entity('signing_keys')
export class SigningKeyEntity extends BaseEntity {
  @Column({ type: 'text' })
  algorithm!: string;

  /** SPKI, PEM. */
  @Column({ type: 'text' })
  publicKey!: string;

  /** PKCS #8, PEM, sealed with ENCRYPTION_KEY. */
  @Column({ type: 'bytea' })
  sealedPrivateKey!: Buffer;

  @Column({ type: 'timestamptz', nullable: true })
  retiredAt!: Date | null;
}
