import { Global, Module } from '@nestjs/common';
import { RedisConfig } from '../../config/redis.js';
import { Redis } from './redis.js';

/** What processes share beside the database, where `REDIS_URL` says so. Refuses to be waited for: whoever asks has an answer of its own. */
@Global()
@Module({
  providers: [
    {
      provide: Redis,
      inject: [RedisConfig],
      useFactory: ({ address }: RedisConfig) => Redis.open(address),
    },
  ],
  exports: [Redis],
})
export class RedisModule {}
