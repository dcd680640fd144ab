import { Injectable, type OnModuleInit } from '@nestjs/common';
import { NIL_ID } from '../../common/crypto/ids.js';
import { inPages, PersonalData } from '../../common/personal-data/personal-data.js';
import { IdentityDataRepository, type IdentityRecord } from './identity-data.repository.js';

const PAGE = 200;

/** Who somebody is at the issuers they sign in with. The rows go with the account's. */
@Injectable()
export class IdentityData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly repository: IdentityDataRepository,
  ) {}

  onModuleInit(): void {
    this.personalData.register('identities', {
      export: ({ id }) =>
        inPages<IdentityRecord>((last) => this.repository.list(id, last?.id ?? NIL_ID, PAGE)),
    });
  }
}
