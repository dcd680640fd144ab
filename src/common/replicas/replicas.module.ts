import {
  Global,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { DatabaseConfig } from '../../config/database.js';
import { Replicas } from '../../database/replicas.js';
import { Sql } from '../../database/sql.js';
import { Statements } from '../../database/statements.js';
import { RecentWriters } from './recent-writers.js';
import { ReplicaReads } from './replica-reads.js';
import { ReplicasGuard } from './replicas.guard.js';

/** Lists and searches from streaming replicas. Refuses to show anybody a state from before their own writing. */
@Global()
@Module({})
export class ReplicasModule implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly replicas: Replicas) {}

  /** Without replicas every read is the primary's, and no request pays for asking. */
  static forRoot({ replicaUrls, poolSize }: DatabaseConfig): DynamicModule {
    return {
      module: ReplicasModule,
      providers: [
        {
          provide: Replicas,
          inject: [Sql, Statements],
          useFactory: (sql: Sql, statements: Statements) =>
            new Replicas(() => sql.pool, replicaUrls, poolSize, statements),
        },
        RecentWriters,
        ReplicaReads,
        ...(replicaUrls.length === 0 ? [] : [{ provide: APP_GUARD, useClass: ReplicasGuard }]),
      ],
      exports: [ReplicaReads],
    };
  }

  async onModuleInit(): Promise<void> {
    await this.replicas.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.replicas.stop();
  }
}
