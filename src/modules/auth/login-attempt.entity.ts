import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Failed sign-ins in a row for one subject: an identifier, known or not, seen from one kind of place. */
@Entity('login_attempts')
export class LoginAttemptEntity {
  /** SHA-256 of the identifier and its place: an address book of those who mistyped is nobody's business. */
  @PrimaryColumn({ type: 'bytea' })
  subject!: Buffer;

  @Column({ type: 'integer' })
  failures!: number;

  @Column({ type: 'timestamptz' })
  blockedUntil!: Date;

  @Column({ type: 'timestamptz' })
  attemptedAt!: Date;
}
