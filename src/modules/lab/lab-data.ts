import { Injectable, type OnModuleInit } from '@nestjs/common';
import { inPages, PersonalData } from '../../common/personal-data/personal-data.js';
import { LabDataRepository, type LabDeed } from './lab-data.repository.js';

const PAGE = 500;

/**
 * What somebody did in the lab. Models, assignments and configs are the
 * organisation's and stay; who made them is forgotten. Experiments name nobody.
 */
@Injectable()
export class LabData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly repository: LabDataRepository,
  ) {}

  onModuleInit(): void {
    this.personalData.register('lab', {
      export: ({ id, organizationId }) =>
        inPages<LabDeed>((last) => this.repository.deedsOf(organizationId, id, last, PAGE)),
      erase: ({ id, organizationId }) => this.repository.forget(organizationId, id),
    });
  }
}
