import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StorageModule } from '../storage/storage.module.js';
import { MetadataExtractor } from './extraction/metadata-extractor.js';
import { FileAccessController } from './file-access.controller.js';
import { FileAccessLogEntity } from './file-access-log.entity.js';
import { FileAccessLog } from './file-access-log.js';
import { FileAccessRepository } from './file-access.repository.js';
import { FileAccessService } from './file-access.service.js';
import { FileContents } from './file-contents.js';
import { FileData } from './file-data.js';
import { FileDownloadsService } from './file-downloads.service.js';
import { FileObjects } from './file-objects.js';
import { FilePurgeRepository } from './file-purge.repository.js';
import { FilePurge } from './file-purge.js';
import { FileRegistry } from './file-registry.js';
import { FileSender } from './file-sender.js';
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
import { StorageCheckService } from './storage-check.service.js';
import { StorageQuota } from './storage-quota.js';
import { StorageUsageController } from './storage-usage.controller.js';
import { StorageUsageEntity } from './storage-usage.entity.js';
import { StorageUsageRepository } from './storage-usage.repository.js';
import { StorageUsageService } from './storage-usage.service.js';

/**
 * Files of people: kept, found, versioned, handed out and logged. Refuses what is
 * too large or over the quota, strangers, and to let anything run in a browser.
 */
@Module({
  imports: [
    StorageModule,
    TypeOrmModule.forFeature([FileEntity, FileVersionEntity, StorageUsageEntity, FileAccessLogEntity]),
  ],
  // `usage` before `:id`.
  controllers: [StorageUsageController, FilesController, FileVersionsController, FileAccessController],
  providers: [
    FilesService,
    FilesRepository,
    FileVersionsService,
    FileVersionsRepository,
    FileUploadsService,
    FileDownloadsService,
    FileSender,
    FileUrls,
    FileContents,
    FileObjects,
    MetadataExtractor,
    FileRegistry,
    FilePurge,
    FilePurgeRepository,
    FileData,
    FilesJobs,
    StorageCheckService,
    FileAccessService,
    FileAccessLog,
    FileAccessRepository,
    StorageUsageService,
    StorageQuota,
    StorageUsageRepository,
  ],
  exports: [FilesService, StorageCheckService],
})
export class FilesModule {}
