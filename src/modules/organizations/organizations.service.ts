import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { OrganizationsConfig } from '../../config/config.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UsersService } from '../users/users.service.js';
import { OrganizationDto, type UpdateOrganizationDto } from './organizations.dto.js';
import { OrganizationErrors } from './organizations.errors.js';
import { OrganizationsRepository, type OrganizationRow } from './organizations.repository.js';
import './organizations.events.js';

/** The organisation one belongs to: its name and settings, whose it is, and its end. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly organizations: OrganizationsRepository,
    private readonly users: UsersService,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly config: OrganizationsConfig,
    private readonly clock: Clock,
  ) {}

  async current({ organizationId }: Actor): Promise<OrganizationDto> {
    const organization = await this.organizations.find(organizationId);
    if (organization === null) throw OrganizationErrors.notFound(organizationId);
    return OrganizationDto.of(organization);
  }

  async update(actor: Actor, { name, settings }: UpdateOrganizationDto): Promise<OrganizationDto> {
    return this.change(actor, (organization) => {
      const before: Readonly<Record<string, unknown>> = organization.settings;
      // Those left out are members too, without a value.
      const isNew = ([key, value]: [string, unknown]) => value !== undefined && value !== before[key];
      const given = Object.fromEntries(Object.entries(settings ?? {}).filter(isNew));
      const isRenamed = name !== undefined && name !== organization.name;
      const changed = [...(isRenamed ? ['name'] : []), ...Object.keys(given)];
      if (changed.length === 0) return organization;
      this.events.emit('organization.updated', { actor, changed });
      return {
        ...organization,
        name: name ?? organization.name,
        settings: { ...organization.settings, ...given },
      };
    });
  }

  /**
   * Gives the organisation to somebody in it.
   *
   * @throws AppError 403 `owner_required`, 404 for whoever is not in it or deactivated.
   */
  async transfer(actor: Actor, userId: string): Promise<OrganizationDto> {
    return this.change(actor, async (organization) => {
      const mayGive =
        organization.owner_id === null ? actor.role === 'admin' : organization.owner_id === actor.userId;
      if (!mayGive) throw OrganizationErrors.ownerRequired();
      const { is_active: isActive } = await this.users.mustFindIn(organization.id, userId);
      if (!isActive) throw OrganizationErrors.memberNotFound(userId);
      if (organization.owner_id === userId) return organization;
      this.events.emit('organization.owner-changed', { actor, from: organization.owner_id, to: userId });
      return { ...organization, owner_id: userId };
    });
  }

  /**
   * Sets the day on which the organisation will be gone; until then all goes on.
   *
   * @throws AppError 403 `owner_required`, 409 `default_organization`.
   */
  async delete(actor: Actor): Promise<OrganizationDto> {
    return this.change(actor, (organization) => {
      if (organization.id === DEFAULT_ORGANIZATION_ID) throw OrganizationErrors.isDefault();
      this.mustBeOwner(actor, organization);
      // Asked again, it does not move.
      if (organization.deletion_at !== null) return organization;
      const deletionAt = secondsAfter(this.clock.now(), this.config.deletionSeconds);
      this.events.emit('organization.deletion-scheduled', { actor, deletionAt });
      return { ...organization, deletion_at: deletionAt };
    });
  }

  /** @throws AppError 403 `owner_required`, 409 `organization_not_deleted`, also when it is too late. */
  async restore(actor: Actor): Promise<OrganizationDto> {
    return this.change(actor, (organization) => {
      this.mustBeOwner(actor, organization);
      const { deletion_at: deletionAt } = organization;
      if (deletionAt === null || deletionAt <= this.clock.now()) throw OrganizationErrors.notDeleted();
      this.events.emit('organization.restored', { actor });
      return { ...organization, deletion_at: null };
    });
  }

  private mustBeOwner(actor: Actor, { owner_id: ownerId }: OrganizationRow): void {
    if (ownerId !== actor.userId) throw OrganizationErrors.ownerRequired();
  }

  private async change(
    { organizationId }: Actor,
    changed: (organization: OrganizationRow) => OrganizationRow | Promise<OrganizationRow>,
  ): Promise<OrganizationDto> {
    return this.unitOfWork.run(async () => {
      const organization = await this.organizations.lock(organizationId);
      if (organization === null) throw OrganizationErrors.notFound(organizationId);
      const result = await changed(organization);
      await this.organizations.save(result);
      return OrganizationDto.of(result);
    });
  }
}
