import { Module } from '@nestjs/common';
import { FileDigestsRepository } from './file-digests.repository.js';
import { FileDigestsService } from './file-digests.service.js';

/** What rows know of objects. Refuses to touch either. */
@Module({ providers: [FileDigestsRepository, FileDigestsService], exports: [FileDigestsService] })
export class FileDigestsModule {}
