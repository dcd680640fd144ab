import { Injectable } from '@nestjs/common';
import { RolesService } from '../users/roles.service.js';
import { InvitationLetters } from './invitation-letters.js';
import { InvitationsRepository, type InvitationRow } from './invitations.repository.js';
import { OrganizationErrors } from './organizations.errors.js';

/** Finds the invitation behind a token. */
@Injectable()
export class OpenInvitations {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly letters: InvitationLetters,
    private readonly roles: RolesService,
  ) {}

  /** @throws AppError 400 `invalid_invitation`. */
  async look(token: string): Promise<InvitationRow> {
    const id = await this.letters.idBehind(token);
    const invitation = id === null ? null : await this.invitations.find(id);
    if (invitation === null) throw OrganizationErrors.invalidInvitation();
    return invitation;
  }

  /**
   * Uses it up; its role stays until the current unit of work ends.
   *
   * @throws AppError 400 `invalid_invitation`, also for all but one of any number at once.
   */
  async take(token: string): Promise<InvitationRow> {
    const { id, organization_id: organizationId, role } = await this.look(token);
    // In the order in which the deletion of a role takes them.
    await this.roles.scopesToAssign(organizationId, role);
    const invitation = (await this.letters.useUp(token))
      ? await this.invitations.take(organizationId, id)
      : null;
    if (invitation === null) throw OrganizationErrors.invalidInvitation();
    return invitation;
  }
}
