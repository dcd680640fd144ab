import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StorageModule } from '../storage/storage.module.js';
import { DirectUploadsController } from './direct-uploads.controller.js';
import { DirectUploadsService } from './direct-uploads.service.js';
import { MetadataExtractor } from './extraction/metadata-extractor.js';
import { FileAccessController } from './file-access.controller.js';
import { FileAccessLogEntity } from './file-access-log.entity.js';
import { FileAccessLog } from './file-access-log.js';
import { FileAccessRepository } from './file-access.repository.js';
import { FileAccessService } from './file-access.service.js';
import { FileCollectionsController } from './file-collections.controller.js';
import { FileCollectionsRepository } from './file-collections.repository.js';
import { FileCollectionsService } from './file-collections.service.js';
import { FileContents } from './file-contents.js';
import { FileData } from './file-data.js';
import { FileDownloadsService } from './file-downloads.service.js';
import { FileLinkDelivery } from './file-link-delivery.js';
import { FileLinkMint } from './file-link-mint.js';
import { FileLinkOpenings } from './file-link-openings.js';
import { FileLinkRedemption } from './file-link-redemption.js';
import { FileLinkUses } from './file-link-uses.js';
import { FileLinkEntity } from './file-link.entity.js';
import { FileLinksController } from './file-links.controller.js';
import { FileLinksRepository } from './file-links.repository.js';
import { FileLinksService } from './file-links.service.js';
import { FileObjects } from './file-objects.js';
import { FilePurgeRepository } from './file-purge.repository.js';
import { FilePurge } from './file-purge.js';
import { FileRegistry } from './file-registry.js';
import { FileSender } from './file-sender.js';
import { FileUploadEntity } from './file-upload.entity.js';
import { FileUploadsService } from './file-uploads.service.js';
import { FileUrls } from './file-urls.js';
import { FileVersionEntity } from './file-version.entity.js';
import { FileVersionsController } from './file-versions.controller.js';
import { FileVersionsRepository } from './file-versions.repository.js';
import { FileVersionsService } from './file-versions.service.js';
import { FileEntity } from './file.entity.js';
import { FilesController } from './files.controller.js';
import { FilesJobs } from './files.jobs.js';
import { FilesRepository } from './files.repository.js';
import { FilesService } from './files.service.js';
import { PendingUploadsRepository } from './pending-uploads.repository.js';
import { PendingUploads } from './pending-uploads.js';
import { RequestOrigin } from './request-origin.js';
import { SharedFilesController } from './shared-files.controller.js';
import { SharingData } from './sharing-data.js';
import { SharingJobs } from './sharing.jobs.js';
import { SignedUrls } from './signed-urls.js';
import { StorageCheckModule } from './storage-check.module.js';
import { StorageQuota } from './storage-quota.js';
import { StorageUsageController } from './storage-usage.controller.js';
import { StorageUsageEntity } from './storage-usage.entity.js';
import { StorageUsageRepository } from './storage-usage.repository.js';
import { StorageUsageService } from './storage-usage.service.js';
import { TusUploads } from './tus-uploads.js';
import { TusController } from './tus.controller.js';
import { TusService } from './tus.service.js';
import { UploadAddresses } from './upload-addresses.js';
import { UploadBeginning } from './upload-beginning.js';
import { UploadCompletion } from './upload-completion.js';
import { UploadObjects } from './upload-objects.js';
import { UploadedContents } from './uploaded-contents.js';

/**
 * Files of people: kept, found, versioned, handed out and logged. Refuses what is
 * too large or over the quota, strangers, and to let anything run in a browser.
 */
@Module({
  imports: [
    StorageModule,
    StorageCheckModule,
    TypeOrmModule.forFeature([
      FileEntity,
      FileVersionEntity,
      StorageUsageEntity,
      FileAccessLogEntity,
      FileLinkEntity,
      FileUploadEntity,
    ]),
  ],
  // `usage` and `collections` before `:id`.
  controllers: [
    StorageUsageController,
    FileCollectionsController,
    SharedFilesController,
    DirectUploadsController,
    TusController,
    FilesController,
    FileVersionsController,
    FileLinksController,
    FileAccessController,
  ],
  providers: [
    FilesService,
    FilesRepository,
    FileCollectionsService,
    FileCollectionsRepository,
    FileVersionsService,
    FileVersionsRepository,
    FileUploadsService,
    FileDownloadsService,
    FileSender,
    FileUrls,
    SignedUrls,
    RequestOrigin,
    FileLinksService,
    FileLinksRepository,
    FileLinkMint,
    FileLinkOpenings,
    FileLinkRedemption,
    FileLinkDelivery,
    FileLinkUses,
    DirectUploadsService,
    PendingUploads,
    PendingUploadsRepository,
    UploadAddresses,
    UploadBeginning,
    UploadCompletion,
    UploadedContents,
    UploadObjects,
    TusService,
    TusUploads,
    SharingData,
    SharingJobs,
    FileContents,
    FileObjects,
    { provide: MetadataExtractor, useFactory: () => new MetadataExtractor() },
    FileRegistry,
    FilePurge,
    FilePurgeRepository,
    FileData,
    FilesJobs,
    FileAccessService,
    FileAccessLog,
    FileAccessRepository,
    StorageUsageService,
    StorageQuota,
    StorageUsageRepository,
  ],
})
export class FilesModule {}
