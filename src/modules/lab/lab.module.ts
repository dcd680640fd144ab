import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EvaluationModule } from '../evaluation/evaluation.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ExperimentArchive } from './experiment-archive.js';
import { LabArchiveEntity } from './lab-archive.entity.js';
import { LabArchivesController } from './lab-archives.controller.js';
import { LabArchivesRepository } from './lab-archives.repository.js';
import { LabArchivesService } from './lab-archives.service.js';
import { LabAssignmentEntity } from './lab-assignment.entity.js';
import { LabAssignmentsRepository } from './lab-assignments.repository.js';
import { LabAssignmentsService } from './lab-assignments.service.js';
import { LabConfigEntity } from './lab-config.entity.js';
import { LabConfigsRepository } from './lab-configs.repository.js';
import { LabDataRepository } from './lab-data.repository.js';
import { LabData } from './lab-data.js';
import { LabDownloadsService } from './lab-downloads.service.js';
import { LabExperimentEntity } from './lab-experiment.entity.js';
import { LabExperimentsController } from './lab-experiments.controller.js';
import { LabExperimentsRepository } from './lab-experiments.repository.js';
import { LabExperimentsService } from './lab-experiments.service.js';
import { LabInstancesController } from './lab-instances.controller.js';
import { LabInstancesService } from './lab-instances.service.js';
import { LabModelEntity } from './lab-model.entity.js';
import { LabModelRegistrationService } from './lab-model-registration.service.js';
import { LabModelsController } from './lab-models.controller.js';
import { LabModelsRepository } from './lab-models.repository.js';
import { LabModelsService } from './lab-models.service.js';
import { LabObjects } from './lab-objects.js';
import { LabOrganizationData } from './lab-organization-data.js';
import { LabPerformanceController } from './lab-performance.controller.js';
import { LabPerformanceRepository } from './lab-performance.repository.js';
import { LabPerformanceService } from './lab-performance.service.js';
import { LabSender } from './lab-sender.js';
import { LabJobs } from './lab.jobs.js';
import { LabService } from './lab.service.js';
import { ModelCleaning } from './model-cleaning.js';
import { ModelFiles } from './model-files.js';

/**
 * Risk models: registered, assigned to instances, judged by what came of their
 * predictions. Refuses models that do not run, and to forget an experiment that
 * was not archived.
 */
@Module({
  imports: [
    EvaluationModule,
    StorageModule,
    TypeOrmModule.forFeature([
      LabModelEntity,
      LabAssignmentEntity,
      LabConfigEntity,
      LabExperimentEntity,
      LabArchiveEntity,
    ]),
  ],
  controllers: [
    LabModelsController,
    LabPerformanceController,
    LabExperimentsController,
    LabArchivesController,
    LabInstancesController,
  ],
  providers: [
    LabService,
    LabModelsService,
    LabModelRegistrationService,
    LabModelsRepository,
    ModelFiles,
    ModelCleaning,
    LabObjects,
    LabSender,
    LabDownloadsService,
    LabAssignmentsService,
    LabAssignmentsRepository,
    LabInstancesService,
    LabConfigsRepository,
    LabExperimentsService,
    LabExperimentsRepository,
    LabPerformanceService,
    LabPerformanceRepository,
    LabArchivesService,
    LabArchivesRepository,
    ExperimentArchive,
    LabJobs,
    LabData,
    LabDataRepository,
    LabOrganizationData,
  ],
  exports: [LabService],
})
export class LabModule {}
