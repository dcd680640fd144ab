import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SecretsConfig } from '../../config/config.js';
import { StorageConfig } from '../../config/storage.js';
import { StartupError } from '../../database/startup-error.js';
import { composeStore } from './compose-store.js';
import { ObjectStore } from './object-store.port.js';
import { ReplicaFailures } from './replica-failures.js';
import { StoresService } from './stores.service.js';

/**
 * Where bytes are kept, on any medium, behind one Map-like port. Refuses keys
 * that could leave the store, and to show or keep half an object.
 */
@Module({
  providers: [
    ReplicaFailures,
    StoresService,
    {
      provide: ObjectStore,
      inject: [StorageConfig, SecretsConfig, ReplicaFailures],
      useFactory: (config: StorageConfig, { encryptionKeys }: SecretsConfig, failures: ReplicaFailures) =>
        composeStore(config, encryptionKeys, (...failure) => failures.report(...failure)).catch(
          (error: unknown) => {
            throw StartupError.storageUnusable(config.location.backend, error);
          },
        ),
    },
  ],
  exports: [ObjectStore, StoresService],
})
export class StorageModule implements OnApplicationShutdown {
  constructor(@Inject(ObjectStore) private readonly store: ObjectStore) {}

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }
}
