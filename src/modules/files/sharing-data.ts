import { Injectable, type OnModuleInit } from '@nestjs/common';
import { NIL_ID } from '../../common/crypto/ids.js';
import { OrganizationData } from '../../common/personal-data/organization-data.js';
import { inPages, PersonalData, type Person } from '../../common/personal-data/personal-data.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UploadDto } from './direct-uploads.dto.js';
import { FileLinkDto } from './file-links.dto.js';
import { FileLinksRepository, type FileLinkRow } from './file-links.repository.js';
import { PendingUploadsRepository, type UploadRow } from './pending-uploads.repository.js';
import { UploadObjects } from './upload-objects.js';

const PAGE = 200;
const ownerIn = ({ id: ownerId, organizationId }: Person) => ({ ownerId, organizationId });

/** The links somebody made, and the uploads they have under way: both go with them. */
@Injectable()
export class SharingData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly organizationData: OrganizationData,
    private readonly links: FileLinksRepository,
    private readonly uploads: PendingUploadsRepository,
    private readonly objects: UploadObjects,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.personalData.register('file_links', {
      export: (person) => this.linksOf(person),
      erase: (person) => this.links.removeOf(ownerIn(person)),
    });
    this.personalData.register('file_uploads', {
      export: (person) => this.uploadsOf(person),
      erase: ({ organizationId, id }) => this.removeUploads(organizationId, id),
    });
    this.organizationData.register((organizationId) => this.removeUploads(organizationId, null));
  }

  private async *linksOf(person: Person): AsyncGenerator<FileLinkDto> {
    const rows = inPages<FileLinkRow>((last) => this.links.listOf(ownerIn(person), last?.id ?? NIL_ID, PAGE));
    for await (const row of rows) yield FileLinkDto.of(row);
  }

  private async *uploadsOf(person: Person): AsyncGenerator<UploadDto> {
    const rows = inPages<UploadRow>((last) => this.uploads.listOf(ownerIn(person), last?.id ?? NIL_ID, PAGE));
    for await (const row of rows) yield UploadDto.of(row);
  }

  private async removeUploads(organizationId: string, ownerId: string | null): Promise<void> {
    const ids = await this.uploads.removeAll(organizationId, ownerId);
    await this.unitOfWork.afterCommit(async () => {
      for (const id of ids) await this.objects.discard(id);
    });
  }
}
