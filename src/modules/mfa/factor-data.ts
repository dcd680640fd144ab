import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PersonalData } from '../../common/personal-data/personal-data.js';
import { FactorDataRepository } from './factor-data.repository.js';
import { STEP_SECONDS } from './totp-codes.js';

/** What somebody shows beside their password. The rows go with the account's. */
@Injectable()
export class FactorData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly repository: FactorDataRepository,
  ) {}

  onModuleInit(): void {
    this.personalData.register('second_factors', {
      export: ({ id }) => this.repository.list(id, STEP_SECONDS),
    });
  }
}
