import { Global, Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { FixedWindowStorage } from './fixed-window.storage.js';
import { RateLimiter } from './rate-limiter.js';

/** Rate limits over the throttler's storage port: in this process's memory until a shared store is configured. Refuses whoever asks more often than agreed. */
@Global()
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      useFactory: () => ({ throttlers: [], storage: new FixedWindowStorage() }),
    }),
  ],
  providers: [RateLimiter],
  exports: [RateLimiter],
})
export class RateLimitsModule {}
