import { Injectable, type OnModuleInit } from '@nestjs/common';
import { NIL_ID } from '../../common/crypto/ids.js';
import { inPages, PersonalData, type Person } from '../../common/personal-data/personal-data.js';
import { InvitationLetters } from './invitation-letters.js';
import { InvitationsRepository } from './invitations.repository.js';
import { MembershipDataRepository, type InvitationRecord } from './membership-data.repository.js';

const PAGE = 200;

/**
 * Where somebody belongs, and whom they invited. What they made stays the
 * organisation's, without a maker; an invitation to their own address, sent before
 * they had an account, goes with them.
 */
@Injectable()
export class MembershipData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly repository: MembershipDataRepository,
    private readonly invitations: InvitationsRepository,
    private readonly letters: InvitationLetters,
  ) {}

  onModuleInit(): void {
    this.personalData.register('organization', {
      export: (person) => this.repository.findOrganization(person),
    });
    this.personalData.register('invitations', {
      export: (person) =>
        inPages<InvitationRecord>((last) =>
          this.repository.listInvitations(person, last?.id ?? NIL_ID, PAGE),
        ),
      erase: (person) => this.withdraw(person),
    });
  }

  private async withdraw({ organizationId, email }: Person): Promise<void> {
    const invitation = await this.invitations.takeFor(organizationId, email);
    if (invitation !== null) await this.letters.recall(invitation.id);
  }
}
