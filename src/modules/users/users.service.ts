import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { BUILT_IN_ROLES, isBuiltInRole, type Scope } from '../../common/access/scopes.js';
import { Invalidations } from '../../common/cache/invalidations.js';
import { newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf } from '../../common/pagination/pagination.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import {
  UserDto,
  type ListUsersQuery,
  type RolesDto,
  type UpdateUserDto,
  type UserPageDto,
} from './users.dto.js';
import { UserErrors } from './users.errors.js';
import { UsersRepository, type UserRow } from './users.repository.js';
import './users.events.js';

export type { UserRow };

export interface NewUser {
  readonly email: string;
  readonly username: string;
  readonly fullName: string | null;
  readonly passwordHash: string | null;
  readonly role: string;
  readonly organizationId: string;
}

/** More are not told: mail to all would be mail to nobody. */
const MOST_ADMINS = 50;

@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
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
    await this.users.insert({ ...user, id, isActive: true, emailVerified: false, mfaEnabled: false });
    return this.mustFind(id);
  }

  /** An organisation of its own, for somebody who registers under `TENANCY=multi`. */
  async createOrganization(name: string): Promise<string> {
    const id = newId();
    await this.users.insertOrganization({ id, name });
    return id;
  }

  async ensureDefaultOrganization(): Promise<void> {
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

  /** @throws AppError 404. */
  async mustFind(id: string): Promise<UserRow> {
    const user = await this.users.findById(id);
    if (user === null) throw UserErrors.notFound(id);
    return user;
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

  async setPasswordHash(user: UserRow, passwordHash: string, by: 'owner' | 'upgrade'): Promise<void> {
    await this.users.update(user.id, { passwordHash });
    this.events.emit('user.password-changed', { user: refOf(user), by });
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
    return UserDto.of(await this.mustFindOwn(actor, id));
  }

  /**
   * Changes a user of the actor's organisation; a new role or a deactivation
   * holds on every replica at once.
   */
  async update(actor: Actor, id: string, changes: UpdateUserDto): Promise<UserDto> {
    return this.unitOfWork.run(async () => {
      const user = await this.mustFindOwn(actor, id);
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

  async roles(actor: Actor): Promise<RolesDto> {
    const builtIn = Object.entries(BUILT_IN_ROLES).map(([name, scopes]) => ({
      name,
      description: null,
      scopes: [...scopes] as Scope[],
      is_built_in: true,
    }));
    const custom = (await this.users.customRoles(actor.organizationId)).map(
      ({ name, description, scopes }) => ({
        name,
        description,
        scopes,
        is_built_in: false,
      }),
    );
    return { items: [...builtIn, ...custom], next_cursor: null };
  }

  private async changeRole(actor: Actor, user: UserRow, role: string): Promise<void> {
    // Taking from somebody more powerful is as much an act of power as giving.
    actor.mustHoldAll(user.scopes);
    actor.mustHoldAll(await this.scopesOf(actor, role));
    await this.keepAnAdmin(user);
    await this.users.update(user.id, { role });
    this.events.emit('user.role-changed', { actor, user: refOf(user), from: user.role, to: role });
  }

  private async changeActivity(actor: Actor, user: UserRow, isActive: boolean): Promise<void> {
    actor.mustHoldAll(user.scopes);
    if (!isActive) await this.keepAnAdmin(user);
    await this.users.update(user.id, { isActive });
    this.events.emit(isActive ? 'user.reactivated' : 'user.deactivated', { actor, user: refOf(user) });
  }

  private async keepAnAdmin(user: UserRow): Promise<void> {
    if (user.role !== 'admin' || !user.is_active) return;
    const admins = await this.users.lockActiveAdmins(user.organization_id);
    if (admins.every((id) => id === user.id)) throw UserErrors.lastAdmin();
  }

  private async scopesOf(actor: Actor, role: string): Promise<readonly Scope[]> {
    if (isBuiltInRole(role)) return BUILT_IN_ROLES[role];
    const custom = (await this.users.customRoles(actor.organizationId)).find(({ name }) => name === role);
    if (custom === undefined) throw UserErrors.unknownRole(role);
    return custom.scopes;
  }

  private async mustFindOwn(actor: Actor, id: string): Promise<UserRow> {
    const user = await this.users.findInOrganization(actor.organizationId, id);
    if (user === null) throw UserErrors.notFound(id);
    return user;
  }
}

function refOf({ id, organization_id: organizationId }: UserRow) {
  return { id, organizationId };
}
