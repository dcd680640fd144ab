import type { StoreLocation } from '../../config/storage.js';
import { faultIn } from './drivers/cloud-fault.js';
import type { ObjectStore } from './object-store.port.js';

/**
 * Opens the store at a location. A driver is loaded only when chosen: the
 * clouds' libraries are large.
 *
 * @throws AppError `storage_unavailable` when it can not be used.
 */
export async function openStore(location: StoreLocation): Promise<ObjectStore> {
  switch (location.backend) {
    case 'memory': {
      const { MemoryStore } = await import('./drivers/memory.driver.js');
      return new MemoryStore();
    }
    case 'local': {
      const { LocalStore } = await import('./drivers/local.driver.js');
      return LocalStore.open(location.path);
    }
    case 's3': {
      const { S3Store } = await import('./drivers/s3.driver.js');
      return opened(new S3Store(location));
    }
    case 'azure': {
      const { AzureStore } = await import('./drivers/azure.driver.js');
      return opened(new AzureStore(location));
    }
    case 'gcs': {
      const { GcsStore } = await import('./drivers/gcs.driver.js');
      return opened(new GcsStore(location));
    }
  }
}

/** Says at once what has to be mended; what may pass by itself keeps nobody from starting. */
async function opened(store: ObjectStore): Promise<ObjectStore> {
  try {
    await store.check();
  } catch (error) {
    if (faultIn(error)?.isTransient !== true) {
      await store.close();
      throw error;
    }
  }
  return store;
}
