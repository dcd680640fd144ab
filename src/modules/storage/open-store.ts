import type { StoreLocation } from '../../config/storage.js';
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
    default:
      throw new Error(`There is no ${location.backend} store`);
  }
}
