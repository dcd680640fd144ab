import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MAX_ID } from '../../common/crypto/ids.js';
import { OrganizationData } from '../../common/personal-data/organization-data.js';
import { inPages, PersonalData, type Person } from '../../common/personal-data/personal-data.js';
import { FileAccessRepository, type FileAccessRow } from './file-access.repository.js';
import { FilePurge } from './file-purge.js';
import { FileDto } from './files.dto.js';
import { FilesRepository, type FileRow } from './files.repository.js';

const PAGE = 200;

/**
 * What somebody keeps, and when they had which file in hand. Their files go with
 * them; the log stays, as the audit trail does, and knows people and files by
 * their ids alone.
 */
@Injectable()
export class FileData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly organizationData: OrganizationData,
    private readonly files: FilesRepository,
    private readonly accesses: FileAccessRepository,
    private readonly purge: FilePurge,
  ) {}

  onModuleInit(): void {
    this.personalData.register('files', {
      export: (person) => this.filesOf(person),
      erase: async ({ id, organizationId }) => {
        await this.purge.eraseOwner({ organizationId, ownerId: id });
        await this.accesses.forgetNames(id);
      },
    });
    this.personalData.register('file_access', { export: (person) => this.accessesOf(person) });
    this.organizationData.register((organizationId) => this.purge.eraseOrganization(organizationId));
  }

  private async *filesOf({ id, organizationId }: Person): AsyncGenerator<FileDto> {
    const reach = { organizationId, ownerId: id };
    for (const deleted of [false, true]) {
      const rows = inPages<FileRow>((last) => this.files.list(reach, { deleted }, last?.id ?? MAX_ID, PAGE));
      for await (const row of rows) yield FileDto.of(row);
    }
  }

  private accessesOf({ id, organizationId }: Person): AsyncGenerator<FileAccessRow> {
    return inPages<FileAccessRow>((last) => {
      const position = last === null ? null : { createdAt: last.created_at, id: last.id };
      return this.accesses.list(organizationId, { user_id: id }, position, PAGE);
    });
  }
}
