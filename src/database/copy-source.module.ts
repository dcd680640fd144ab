import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';

const CONNECTIONS = 2;

/** A data source beside the application's own, in the same process. Refuses to know any entity. */
@Module({})
export class CopySourceModule implements OnApplicationShutdown {
  constructor(private readonly source: DataSource) {}

  static of(url: string): DynamicModule {
    const providers = [
      {
        provide: DataSource,
        useFactory: () => new DataSource(dataSourceOptions(url, CONNECTIONS)).initialize(),
      },
    ];
    return { module: CopySourceModule, global: true, providers, exports: providers };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.source.destroy();
  }
}
