import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { StorageConfig } from '../../config/storage.js';
import { ObjectStore } from './object-store.port.js';
import { openStore } from './open-store.js';

/**
 * Where bytes are kept, on any medium, behind one Map-like port. Refuses keys
 * that could leave the store, and to show or keep half an object.
 */
@Module({
  providers: [
    {
      provide: ObjectStore,
      inject: [StorageConfig],
      useFactory: (config: StorageConfig) => openStore(config.location),
    },
  ],
  exports: [ObjectStore],
})
export class StorageModule implements OnApplicationShutdown {
  constructor(@Inject(ObjectStore) private readonly store: ObjectStore) {}

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }
}
