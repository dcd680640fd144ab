import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OneTimeTokenEntity } from './one-time-token.entity.js';
import { OneTimeTokens } from './one-time-tokens.js';
import { OneTimeTokensJob } from './one-time-tokens.job.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

/** Secrets for a single use. Refuses a second use, another purpose, and one that is late. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([OneTimeTokenEntity])],
  providers: [OneTimeTokens, OneTimeTokensJob, OneTimeTokensRepository],
  exports: [OneTimeTokens],
})
export class OneTimeTokensModule {}
