import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { Invalidations } from '../../common/cache/invalidations.js';
import { newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf } from '../../common/pagination/pagination.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import { UserDto, type ListUsersQuery, type UpdateUserDto, type UserPageDto } from './users.dto.js';
import { RolesService } from './roles.service.js';
import { UserErrors } from './users.errors.js';
import { UsersRepository, type UserRow } from './users.repository.js';
import type { AddressProof, PasswordSetBy, UserRef } from './users.events.js';

export type { UserRow };

export interface NewUser {
  readonly email: string;
  readonly username: string;
  readonly fullName: string | null;
  readonly passwordHash: string | null;
  readonly role: string;
  readonly organizationId: string;
  /** The address has been proven to be theirs. */
  readonly emailVerified?: boolean;
}

/** More are not told: mail to all would be mail to nobody. */
const MOST_ADMINS = 50;

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly roles: RolesService,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly invalidations: Invalidations,
  ) {}

  /** @throws AppError 409 naming what is taken. */
  async mustBeFree(email: string, username: string): Promise<void> {
    const taken = await this.users.findTaken(email, username);
    if (taken.length > 0) throw UserErrors.taken(taken);
  }

  /** @throws AppError 409 when the e-mail or the username is taken. */
  async create(user: NewUser): Promise<UserRow> {
    const id = newId();
    await this.users.insert({ emailVerified: false, ...user, id, isActive: true, mfaEnabled: false });
    return this.mustFind(id);
  }

  /** An organisation of its own, for somebody who registers under `TENANCY=multi`. */
  async createOrganization(name: string): Promise<string> {
    const id = newId();
    await this.users.insertOrganization({ id, name });
    return id;
  }

  /** Part of the caller's unit of work, until whose end a replica that starts too waits. */
  async ensureDefaultOrganization(): Promise<void> {
    await this.users.lockFirstStart();
    if (await this.users.organizationExists(DEFAULT_ORGANIZATION_ID)) return;
    await this.users.insertOrganization({ id: DEFAULT_ORGANIZATION_ID, name: 'Default' });
  }

  anyAdminExists(): Promise<boolean> {
    return this.users.anyAdminExists();
  }

  findByLogin(identifier: string): Promise<UserRow | null> {
    return this.users.findByLogin(identifier);
  }

  /** The active admins of an organisation: whom to tell of what nobody else answers for. */
  listAdmins(organizationId: string): Promise<UserRow[]> {
    return this.users.list(organizationId, { q: undefined, role: 'admin', isActive: true }, MOST_ADMINS);
  }

  find(id: string): Promise<UserRow | null> {
    return this.users.findById(id);
  }

  /** As `find`; nobody else changes the account until the caller's unit of work ends. */
  lock(id: string): Promise<UserRow | null> {
    return this.users.lock(id);
  }

  /** @throws AppError 404. */
  async mustFind(id: string): Promise<UserRow> {
    const user = await this.users.findById(id);
    if (user === null) throw UserErrors.notFound(id);
    return user;
  }

  /** @throws AppError 404 for somebody of another organisation too. */
  async mustFindIn(organizationId: string, id: string): Promise<UserRow> {
    const user = await this.users.findInOrganization(organizationId, id);
    if (user === null) throw UserErrors.notFound(id);
    return user;
  }

  /**
   * Somebody whom the actor may change, as they are: of those who change people of an
   * organisation one goes on at a time. Part of the caller's unit of work.
   *
   * @throws AppError 403 for somebody more powerful, 404 for somebody of another organisation too.
   */
  async mustFindToChange(actor: Actor, id: string): Promise<UserRow> {
    await this.users.lockOrganization(actor.organizationId);
    await this.mustFindIn(actor.organizationId, id);
    const user = await this.mustLock(id);
    // Taking from somebody more powerful is as much an act of power as giving.
    actor.mustHoldAll(user.scopes);
    return user;
  }

  /**
   * @param user as `mustFindToChange` gave them.
   * @throws AppError 409 `last_admin` when the organisation would be left without one.
   */
  async keepAnAdminBeside(user: UserRow): Promise<void> {
    if (user.role !== 'admin' || !user.is_active) return;
    if (!(await this.users.hasAdminBeside(user))) throw UserErrors.lastAdmin();
  }

  /**
   * Marks a sign-in. False when the account was deactivated, its password changed or
   * its second factor turned on or off since the sign-in was proven: the session must
   * then not be opened.
   */
  recordLogin(proven: UserRow, at: Date): Promise<boolean> {
    return this.users.recordLogin(proven, at);
  }

  /**
   * As `mustFind`, and nobody else changes the user before the unit of work ends.
   *
   * @throws AppError 404.
   */
  async mustLock(id: string): Promise<UserRow> {
    const user = await this.users.lock(id);
    if (user === null) throw UserErrors.notFound(id);
    return user;
  }

  /** Whether the account asks for a second factor. Part of the caller's unit of work. */
  async setMfaEnabled(userId: string, mfaEnabled: boolean): Promise<void> {
    await this.users.update(userId, { mfaEnabled });
    await this.invalidations.publish(`user:${userId}`, `profile:${userId}`);
  }

  async setPasswordHash(user: UserRow, passwordHash: string, by: PasswordSetBy): Promise<void> {
    await this.users.update(user.id, { passwordHash });
    this.events.emit('user.password-changed', { user: refOf(user), by });
  }

  /** Part of the caller's unit of work; without effect on an address verified before. */
  async markEmailVerified(user: UserRow, by: AddressProof): Promise<void> {
    if (user.email_verified) return;
    await this.users.update(user.id, { emailVerified: true });
    this.events.emit('user.email-verified', { user: refOf(user), by });
    // Who follows a link they asked for may be in the account; who resets may have been kept out.
    if (by === 'reset') this.events.emit('account.claimed', { user: refOf(user) });
    await this.invalidations.publish(`profile:${user.id}`);
  }

  /** Leaves the account without a password: nothing matches it until another is chosen. */
  async removePassword(id: string): Promise<void> {
    await this.users.update(id, { passwordHash: null });
  }

  /** What one may change of oneself. */
  async updateOwnProfile(
    actor: Actor,
    { full_name: fullName }: Pick<UpdateUserDto, 'full_name'>,
  ): Promise<void> {
    if (fullName === undefined) return;
    await this.unitOfWork.run(async () => {
      await this.users.update(actor.userId, { fullName });
      const user = { id: actor.userId, organizationId: actor.organizationId };
      this.events.emit('user.profile-updated', { actor, user, changed: ['full_name'] });
      await this.invalidations.publish(`profile:${actor.userId}`);
    });
  }

  async list(
    actor: Actor,
    { q, role, is_active: isActive, limit, cursor }: ListUsersQuery,
  ): Promise<UserPageDto> {
    const rows = await this.users.list(actor.organizationId, { q, role, isActive }, limit, cursor);
    return pageOf(rows, limit, (row) => UserDto.of(row));
  }

  async get(actor: Actor, id: string): Promise<UserDto> {
    return UserDto.of(await this.mustFindIn(actor.organizationId, id));
  }

  /**
   * Changes a user of the actor's organisation; a new role or a deactivation
   * holds on every replica at once.
   */
  async update(actor: Actor, id: string, changes: UpdateUserDto): Promise<UserDto> {
    return this.unitOfWork.run(async () => {
      const user = await this.mustFindToChange(actor, id);
      if (changes.role !== undefined && changes.role !== user.role)
        await this.changeRole(actor, user, changes.role);
      if (changes.is_active !== undefined && changes.is_active !== user.is_active) {
        await this.changeActivity(actor, user, changes.is_active);
      }
      if (changes.full_name !== undefined && changes.full_name !== user.full_name) {
        await this.users.update(id, { fullName: changes.full_name });
        this.events.emit('user.profile-updated', { actor, user: refOf(user), changed: ['full_name'] });
      }
      await this.invalidations.publish(`user:${id}`);
      return UserDto.of(await this.mustFind(id));
    });
  }

  private async changeRole(actor: Actor, user: UserRow, role: string): Promise<void> {
    actor.mustHoldAll(await this.roles.scopesToAssign(actor.organizationId, role));
    await this.keepAnAdminBeside(user);
    await this.users.update(user.id, { role });
    this.events.emit('user.role-changed', { actor, user: refOf(user), from: user.role, to: role });
  }

  private async changeActivity(actor: Actor, user: UserRow, isActive: boolean): Promise<void> {
    if (!isActive) await this.keepAnAdminBeside(user);
    await this.users.update(user.id, { isActive });
    this.events.emit(isActive ? 'user.reactivated' : 'user.deactivated', { actor, user: refOf(user) });
  }
}

/** Who a user is, as events name them. */
export function refOf({ id, organization_id: organizationId }: UserRow): UserRef {
  return { id, organizationId };
}
