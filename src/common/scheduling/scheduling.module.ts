import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { SingleRun } from './single-run.js';

/** Jobs: when they run, and that only one replica runs them. Refuses a second run while one is under way. */
@Global()
@Module({ imports: [ScheduleModule.forRoot()], providers: [SingleRun], exports: [SingleRun] })
export class SchedulingModule {}
