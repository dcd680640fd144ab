import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf, type PageQuery } from '../../common/pagination/pagination.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { RolesService } from '../users/roles.service.js';
import { InvitationLetters } from './invitation-letters.js';
import { InvitationDto, type CreateInvitationDto, type InvitationPageDto } from './invitations.dto.js';
import { InvitationsRepository, type InvitationRow } from './invitations.repository.js';
import { OrganizationErrors } from './organizations.errors.js';
import { OrganizationsRepository } from './organizations.repository.js';
import './organizations.events.js';

const MOST_OPEN = 1_000;

/** Whom an organisation asks to join. Nobody invites to a role beyond their own. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly organizations: OrganizationsRepository,
    private readonly roles: RolesService,
    private readonly letters: InvitationLetters,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /**
   * Mails an invitation. It takes the place of an earlier one to the same address,
   * whose link is dead from then on.
   *
   * @throws AppError 400 `unknown_role` or `invalid_recipient`, 403 for a role beyond the actor's own, 409.
   */
  async create(actor: Actor, { email, role }: CreateInvitationDto): Promise<InvitationDto> {
    return this.unitOfWork.run(async () => {
      const { organizationId } = actor;
      // Of two at once the second waits, and counts and replaces the first's.
      const organization = await this.organizations.lock(organizationId);
      if (organization === null) throw OrganizationErrors.notFound(organizationId);
      actor.mustHoldAll(await this.roles.scopesToAssign(organizationId, role));
      const earlier = await this.invitations.takeFor(organizationId, email);
      if (earlier !== null) await this.withdraw(actor, earlier);
      if ((await this.invitations.count(organizationId)) >= MOST_OPEN)
        throw OrganizationErrors.tooManyInvitations(MOST_OPEN);
      const id = newId();
      const invitation = await this.invitations.insert({
        ...{ id, organization_id: organizationId, email, role },
        ...(await this.letters.send(actor, organization, { id, email })),
      });
      this.events.emit('invitation.created', { actor, invitation: { id, organizationId, role } });
      return InvitationDto.of(invitation);
    });
  }

  async list(actor: Actor, query: PageQuery): Promise<InvitationPageDto> {
    const rows = await this.invitations.list(actor.organizationId, query);
    return pageOf(rows, query.limit, (row) => InvitationDto.of(row));
  }

  /** @throws AppError 404. */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const invitation = await this.invitations.take(actor.organizationId, id);
      if (invitation === null) throw OrganizationErrors.invitationNotFound(id);
      await this.withdraw(actor, invitation);
    });
  }

  /** Part of the caller's unit of work. */
  async revokeWithRole(actor: Actor, role: string): Promise<void> {
    for (const invitation of await this.invitations.takeWithRole(actor.organizationId, role))
      await this.withdraw(actor, invitation);
  }

  private async withdraw(
    actor: Actor,
    { id, organization_id: organizationId, role }: InvitationRow,
  ): Promise<void> {
    await this.letters.recall(id);
    this.events.emit('invitation.revoked', { actor, invitation: { id, organizationId, role } });
  }
}
