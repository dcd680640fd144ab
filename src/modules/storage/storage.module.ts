import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SecretsConfig } from '../../config/config.js';
import { StorageConfig } from '../../config/storage.js';
import { Tracing } from '../../telemetry/tracing.js';
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
      inject: [StorageConfig, SecretsConfig, ReplicaFailures, Tracing],
      useFactory: openComposed,
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

async function openComposed(
  config: StorageConfig,
  { encryptionKeys }: SecretsConfig,
  failures: ReplicaFailures,
  tracing: Tracing,
): Promise<ObjectStore> {
  try {
    const store = await composeStore(config, encryptionKeys, (...failure) => failures.report(...failure));
    if (!tracing.isOn) return store;
    const { traced } = await import('./wrappers/traced.wrapper.js');
    return traced(store, config.location);
  } catch (error) {
    throw StartupError.storageUnusable(config.location.backend, error);
  }
}
