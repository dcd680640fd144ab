import { Global, Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Metrics } from '../http/metrics.js';
import { Redis } from '../redis/redis.js';
import { FixedWindowStorage } from './fixed-window.storage.js';
import { RateLimiter } from './rate-limiter.js';
import { SharedWindowStorage } from './shared-window.storage.js';

/** Rate limits over the throttler's storage port: shared through Redis, or in this process's memory where it works alone. Refuses whoever asks more often than agreed. */
@Global()
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [Redis, Metrics],
      useFactory: (redis: Redis, metrics: Metrics) => ({
        throttlers: [],
        storage: redis.isShared ? new SharedWindowStorage(redis, metrics) : new FixedWindowStorage(),
      }),
    }),
  ],
  providers: [RateLimiter],
  exports: [RateLimiter],
})
export class RateLimitsModule {}
