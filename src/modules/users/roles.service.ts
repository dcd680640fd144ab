import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { BUILT_IN_ROLES, isBuiltInRole, type BuiltInRole, type Scope } from '../../common/access/scopes.js';
import { Invalidations } from '../../common/cache/invalidations.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { RoleDto, type CreateRoleDto, type RolesDto, type UpdateRoleDto } from './roles.dto.js';
import { RoleErrors } from './roles.errors.js';
import { RolesRepository, type CustomRole } from './roles.repository.js';
import './roles.events.js';

/** All are listed at once. */
const MOST_ROLES = 200;

/**
 * The roles an organisation makes for itself, beside the built-in ones. Nobody
 * gives a role, or touches one, that holds more than they do themselves.
 */
@Injectable()
export class RolesService {
  constructor(
    private readonly roles: RolesRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly invalidations: Invalidations,
  ) {}

  async list(actor: Actor): Promise<RolesDto> {
    const builtIn = (Object.keys(BUILT_IN_ROLES) as BuiltInRole[]).map((name) => RoleDto.ofBuiltIn(name));
    const custom = await this.roles.list(actor.organizationId);
    return { items: [...builtIn, ...custom.map((role) => RoleDto.of(role))], next_cursor: null };
  }

  /** @throws AppError 404. */
  async get(actor: Actor, name: string): Promise<RoleDto> {
    if (isBuiltInRole(name)) return RoleDto.ofBuiltIn(name);
    const role = await this.roles.find(actor.organizationId, name);
    if (role === null) throw RoleErrors.notFound(name);
    return RoleDto.of(role);
  }

  /** @throws AppError 403 for scopes the actor does not hold, 409 `role_taken` or `too_many_roles`. */
  async create(actor: Actor, { name, description = null, scopes }: CreateRoleDto): Promise<RoleDto> {
    actor.mustHoldAll(scopes);
    if (isBuiltInRole(name)) throw RoleErrors.taken(name);
    const role = { name, description, scopes };
    return this.unitOfWork.run(async () => {
      if ((await this.roles.countForNew(actor.organizationId)) >= MOST_ROLES)
        throw RoleErrors.tooMany(MOST_ROLES);
      if (!(await this.roles.insert(actor.organizationId, role))) throw RoleErrors.taken(name);
      this.events.emit('role.created', { actor, role: name, scopes });
      return RoleDto.of(role);
    });
  }

  /**
   * Changes what a role allows, for all who have it and on every replica at once.
   *
   * @throws AppError 403 for a role, or scopes, beyond the actor's own, 404, 409 `role_built_in`.
   */
  async update(actor: Actor, name: string, changes: UpdateRoleDto): Promise<RoleDto> {
    return this.unitOfWork.run(async () => {
      const role = await this.mustFindToChange(actor, name);
      const { description = role.description, scopes = role.scopes } = changes;
      actor.mustHoldAll(scopes);
      await this.roles.update(actor.organizationId, { name, description, scopes });
      this.events.emit('role.updated', { actor, role: name, from: role.scopes, to: scopes });
      await this.invalidations.publish(`organization:${actor.organizationId}`);
      return RoleDto.of({ name, description, scopes });
    });
  }

  /** @throws AppError 403 for a role beyond the actor's own, 404, 409 `role_built_in` or `role_in_use`. */
  async delete(actor: Actor, name: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      await this.mustFindToChange(actor, name);
      const holders = await this.roles.countHolders(actor.organizationId, name);
      if (holders > 0) throw RoleErrors.inUse(name, holders);
      await this.roles.delete(actor.organizationId, name);
      this.events.emit('role.deleted', { actor, role: name });
    });
  }

  /**
   * The scopes somebody gets with a role, which stays as it is until the current
   * unit of work ends.
   *
   * @throws AppError 400 `unknown_role`.
   */
  async scopesToAssign(organizationId: string, name: string): Promise<readonly Scope[]> {
    if (isBuiltInRole(name)) return BUILT_IN_ROLES[name];
    const role = await this.roles.findToAssign(organizationId, name);
    if (role === null) throw RoleErrors.unknown(name);
    return role.scopes;
  }

  private async mustFindToChange(actor: Actor, name: string): Promise<CustomRole> {
    if (isBuiltInRole(name)) throw RoleErrors.builtIn(name);
    const role = await this.roles.findToChange(actor.organizationId, name);
    if (role === null) throw RoleErrors.notFound(name);
    actor.mustHoldAll(role.scopes);
    return role;
  }
}
