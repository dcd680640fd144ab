import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { EdgeMiddleware } from './edge.middleware.js';
import { Lifecycle } from './lifecycle.js';
import { RootLogger } from './logger.js';
import { Metrics } from './metrics.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestContext } from './request-context.js';
import { RequestMetrics } from './request-metrics.js';
import { RequestSpans } from './request-spans.js';
import { SlowQueries } from './slow-queries.js';
import { TraceMetrics } from './trace-metrics.js';
import { Traffic } from './traffic.js';

/** What every request passes through, and what knows about it. Refuses bodies too large or unreadable, and never tells a stack. */
@Global()
@Module({
  providers: [
    EdgeMiddleware,
    Lifecycle,
    Metrics,
    RequestContext,
    RequestMetrics,
    RequestSpans,
    SlowQueries,
    TraceMetrics,
    Traffic,
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [EdgeMiddleware, Lifecycle, Metrics, RequestContext, RootLogger, Traffic],
})
export class HttpModule {
  /** @param logger the process's own: two would not keep their lines in order. */
  static forRoot(logger: RootLogger): DynamicModule {
    return { module: HttpModule, providers: [{ provide: RootLogger, useValue: logger }] };
  }
}
