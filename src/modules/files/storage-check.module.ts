import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { FileObjects } from './file-objects.js';
import { FilePurgeRepository } from './file-purge.repository.js';
import { StorageCheckService } from './storage-check.service.js';

/** Compares store and rows, for the daily job and for the command line, which needs no more of the house. Refuses to touch other modules' objects. */
@Module({
  imports: [StorageModule],
  providers: [StorageCheckService, FileObjects, FilePurgeRepository],
  exports: [StorageCheckService],
})
export class StorageCheckModule {}
