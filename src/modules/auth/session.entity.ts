import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { BaseEntity } from '../../database/base.entity.js';
import type { Proof } from './evidence.js';

export type SessionKind = 'token' | 'browser';

/** Why a session is over; null while it lasts. */
export type SessionEnd =
  | 'logout'
  | 'revoked'
  | 'password_change'
  | 'password_reset'
  | 'refresh_token_reuse'
  | 'user_deactivated'
  | 'reauthentication'
  | 'user_erased'
  | 'account_taken_over'
  | 'mfa_reset';

/** One place where somebody is signed in: a refresh token family, or a browser with a cookie. */
@Entity('sessions')
@Check('sessions_kind_check', `kind IN ('token', 'browser')`)
@Unique('sessions_cookie_digest_key', ['cookieDigest'])
@Index('sessions_user_id_id_idx', ['userId', 'id'])
@Index('sessions_expires_at_idx', ['expiresAt'])
@Index('sessions_ended_at_idx', ['endedAt'], { where: 'ended_at IS NOT NULL' })
export class SessionEntity extends BaseEntity {
  @ForeignKey('OrganizationEntity', { name: 'sessions_organization_id_fkey' })
  @Column({ type: 'uuid' })
  organizationId!: string;

  @ForeignKey('UserEntity', { onDelete: 'CASCADE', name: 'sessions_user_id_fkey' })
  @Column({ type: 'uuid' })
  userId!: string;

  @Column({ type: 'text' })
  kind!: SessionKind;

  /** SHA-256 of the cookie's secret; null for token sessions. */
  @Column({ type: 'bytea', nullable: true })
  cookieDigest!: Buffer | null;

  @Column({ type: 'inet', nullable: true })
  ip!: string | null;

  @Column({ type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'timestamptz' })
  lastSeenAt!: Date;

  /** When its person last proved who they are. */
  @Column({ type: 'timestamptz' })
  authenticatedAt!: Date;

  /** By what they did (authentication methods references, as in RFC 8176). */
  @Column({ type: 'text', array: true })
  amr!: Proof[];

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  endedReason!: SessionEnd | null;
}
