import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClsPluginTransactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { ClsModule } from 'nestjs-cls';
import { DataSource } from 'typeorm';
import { DatabaseConfig } from '../config/database.js';
import { CopySourceModule } from './copy-source.module.js';
import { dataSourceOptions } from './data-source.js';
import { DatabaseUrl } from './database-url.js';
import { Notifications } from './notifications.js';
import { RowSecurityCheck } from './row-security-check.js';
import { SessionConnections } from './session-connections.js';
import { Sql } from './sql.js';
import { Statements } from './statements.js';
import { TenantContext } from './tenant-context.js';
import { UnitOfWork } from './unit-of-work.js';
import { watchedBy } from './watched-client.js';

/** One data source, one transaction idiom, one channel between replicas. Refuses to change the schema outside a migration. */
@Module({})
export class DatabaseModule {
  /** @param url of the server, and past a PgBouncer before it. */
  static forRoot(url: DatabaseUrl): DynamicModule {
    const statements = new Statements();
    const source = TypeOrmModule.forRootAsync({
      inject: [DatabaseConfig],
      useFactory: ({ poolSize }: DatabaseConfig) => ({
        ...dataSourceOptions(url.value, poolSize, watchedBy(statements)),
        autoLoadEntities: true,
        retryAttempts: 0,
      }),
    });
    return this.on(source, url, statements, [RowSecurityCheck]);
  }

  /** A database that was brought back beside ours, as its superuser, for the system alone to look at. */
  static forCopy(url: string): DynamicModule {
    return this.on(CopySourceModule.of(url), new DatabaseUrl(url), new Statements(), []);
  }

  private static on(
    source: DynamicModule,
    url: DatabaseUrl,
    statements: Statements,
    checks: readonly Type[],
  ): DynamicModule {
    const transactions = new ClsPluginTransactional({
      adapter: new TransactionalAdapterTypeOrm({ dataSourceToken: DataSource }),
    });
    const exported = [
      { provide: DatabaseUrl, useValue: url },
      { provide: Statements, useValue: statements },
      Sql,
      TenantContext,
      ...checks,
      UnitOfWork,
      Notifications,
      SessionConnections,
    ];
    return {
      module: DatabaseModule,
      global: true,
      imports: [source, ClsModule.forRoot({ global: true, plugins: [transactions] })],
      providers: exported,
      exports: exported,
    };
  }
}
