import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Tracing } from './tracing.js';

/** Where each piece of work is a part of what. Refuses to keep anybody waiting, and to tell what a request carried. */
@Global()
@Module({})
export class TelemetryModule {
  /** @param tracing opened before anything that may want to begin a span, and closed by whoever opened it. */
  static forRoot(tracing: Tracing): DynamicModule {
    const providers = [{ provide: Tracing, useValue: tracing }];
    return { module: TelemetryModule, providers, exports: providers };
  }
}
