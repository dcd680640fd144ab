import { Injectable, type OnModuleInit } from '@nestjs/common';
import { OrganizationData } from '../../common/personal-data/organization-data.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { LabArchivesRepository } from './lab-archives.repository.js';
import { LabModelsRepository } from './lab-models.repository.js';
import { archiveKey, LabObjects, modelKey } from './lab-objects.js';

/** What an organisation keeps in the store. Its rows go with its own, what they name once that is committed. */
@Injectable()
export class LabOrganizationData implements OnModuleInit {
  constructor(
    private readonly organizationData: OrganizationData,
    private readonly models: LabModelsRepository,
    private readonly archives: LabArchivesRepository,
    private readonly objects: LabObjects,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.organizationData.register((organizationId) => this.erase(organizationId));
  }

  private async erase(organizationId: string): Promise<void> {
    const models = await this.models.deleteAll(organizationId);
    const archives = await this.archives.deleteAll(organizationId);
    const keys = [...models.map(modelKey), ...archives.map(archiveKey)];
    await this.unitOfWork.afterCommit(() => this.objects.discard(keys));
  }
}
