import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Invalidations } from '../../common/cache/invalidations.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UsersRepository, type UserRow } from './users.repository.js';
import './users.events.js';

const LONGEST_USERNAME = 64;
const SUFFIX_BYTES = 3;

/** The accounts of people whose address somebody else has proven. Every method is part of the caller's unit of work. */
@Injectable()
export class ProvenUsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly events: EventBus,
    private readonly invalidations: Invalidations,
  ) {}

  /** Who has the address; the account and what hangs on it stay as they are until the unit of work ends. */
  lockByEmail(email: string): Promise<UserRow | null> {
    return this.users.lockByEmail(email);
  }

  /** As the one of `UsersService`. */
  lock(id: string): Promise<UserRow | null> {
    return this.users.lock(id);
  }

  /**
   * Gives an account to whoever proved its address. Whoever made it never did, and
   * may have made it to wait in it for its owner (PocketBase CVE-2024-38351): its
   * password goes, and with the events every session, token, key and factor.
   *
   * @param by who proved the address.
   */
  async handOver({ id, organization_id: organizationId }: UserRow, by: string): Promise<void> {
    await this.users.update(id, { passwordHash: null, emailVerified: true, mfaEnabled: false });
    const user = { id, organizationId };
    this.events.emit('account.taken-over-from-unverified', { user, by });
    this.events.emit('account.claimed', { user });
    await this.invalidations.publish(`user:${id}`);
  }

  /** A username nobody has, near to what somebody is called elsewhere. */
  async freeUsername(wished: string): Promise<string> {
    const plain = wished.normalize('NFKD').replaceAll(/[^A-Za-z0-9._-]+/g, '');
    const base = plain.replace(/^[._-]+/, '').slice(0, LONGEST_USERNAME - 2 * SUFFIX_BYTES - 1);
    const name = base.length >= 3 ? base : `user${base}`;
    const taken = await this.users.findTaken('', name);
    return taken.length === 0 ? name : `${name}-${randomBytes(SUFFIX_BYTES).toString('hex')}`;
  }
}
