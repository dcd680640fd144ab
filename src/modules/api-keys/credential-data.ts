import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Invalidations } from '../../common/cache/invalidations.js';
import { NIL_ID } from '../../common/crypto/ids.js';
import { OrganizationData } from '../../common/personal-data/organization-data.js';
import { inPages, PersonalData } from '../../common/personal-data/personal-data.js';
import { CredentialDataRepository, type CredentialRecord } from './credential-data.repository.js';
import { CredentialRevocation } from './credential-revocation.js';

const PAGE = 200;

/** The tokens and keys somebody made. Their tokens die with them; keys are the organisation's and go on without a maker. */
@Injectable()
export class CredentialData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly organizationData: OrganizationData,
    private readonly repository: CredentialDataRepository,
    private readonly revocation: CredentialRevocation,
    private readonly invalidations: Invalidations,
  ) {}

  onModuleInit(): void {
    this.personalData.register('tokens_and_keys', {
      export: ({ id }) =>
        inPages<CredentialRecord>((last) => this.repository.listMadeBy(id, last?.id ?? NIL_ID, PAGE)),
      erase: async ({ id }, actor) => {
        await this.revocation.revokeMadeBy(id, ['pat'], actor, 'user_erased');
        await this.repository.deleteTokensOf(id);
      },
    });
    this.organizationData.register(async (organizationId) => {
      await this.repository.deleteAllOf(organizationId);
      await this.invalidations.publish(`organization:${organizationId}`);
    });
  }
}
