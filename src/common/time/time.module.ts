import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from './clock.js';

/** The clock everybody reads. Refuses any other source of "now". */
@Module({})
export class TimeModule {
  static forRoot(clock: Clock): DynamicModule {
    const providers = [{ provide: Clock, useValue: clock }];
    return { module: TimeModule, global: true, providers, exports: providers };
  }
}
