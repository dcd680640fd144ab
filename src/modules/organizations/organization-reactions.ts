import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import { EventBus } from '../../common/events/event-bus.js';
import { InvitationsService } from './invitations.service.js';
import { OrganizationsRepository } from './organizations.repository.js';
import '../users/roles.events.js';
import '../users/users.events.js';

/** What follows for organisations from what happens to people and roles, in the same transaction. */
@Injectable()
export class OrganizationReactions implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    private readonly organizations: OrganizationsRepository,
    private readonly invitations: InvitationsService,
  ) {}

  onModuleInit(): void {
    // Whoever registers under TENANCY=multi owns what was made for them.
    this.events.react('user.registered', async ({ user }) => {
      if (user.organizationId !== DEFAULT_ORGANIZATION_ID)
        await this.organizations.claim(user.organizationId, user.id);
    });
    this.events.react('role.deleted', ({ actor, role }) => this.invitations.revokeWithRole(actor, role));
  }
}
