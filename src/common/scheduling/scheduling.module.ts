import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JobRunEntity } from './job-run.entity.js';
import { JobLocks } from './job-locks.js';
import { JobRunsRepository } from './job-runs.repository.js';
import { Jobs } from './jobs.js';
import { RunCounter } from './run-counter.js';
import { SingleRun } from './single-run.js';
import { Turns } from './turns.js';

/** Jobs: when they run, that only one replica runs each turn, how they fared. Refuses a second run while one is under way. */
@Global()
@Module({
  imports: [ScheduleModule.forRoot(), TypeOrmModule.forFeature([JobRunEntity])],
  providers: [JobLocks, Jobs, JobRunsRepository, RunCounter, SingleRun, Turns],
  exports: [Jobs, SingleRun],
})
export class SchedulingModule {}
