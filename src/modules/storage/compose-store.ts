import type { StorageConfig, StoreLocation } from '../../config/storage.js';
import type { ObjectStore } from './object-store.port.js';
import { openStore } from './open-store.js';
import type { ReplicaFailed } from './wrappers/replicated.wrapper.js';

/**
 * The store as the settings want it, from the outside in: `encrypted`, so that no
 * medium sees what it keeps; `prefixed`, below one folder of every medium;
 * `replicated`, so that the second holds, byte for byte, what the first does.
 * A wrapper is loaded only when chosen, as drivers are.
 *
 * @param secrets as `ENCRYPTION_KEY` lists them.
 * @throws AppError `storage_unavailable`.
 */
export async function composeStore(
  { location, replica, prefix, encrypts }: StorageConfig,
  secrets: readonly string[],
  failed: ReplicaFailed,
): Promise<ObjectStore> {
  let store = await openStore(location);
  if (replica !== null) store = await withReplica(store, replica, failed);
  if (prefix !== '') {
    const { prefixed } = await import('./wrappers/prefixed.wrapper.js');
    store = prefixed(store, prefix);
  }
  if (encrypts) {
    const { encrypted } = await import('./wrappers/encrypted.wrapper.js');
    store = encrypted(store, secrets);
  }
  return store;
}

async function withReplica(
  first: ObjectStore,
  location: StoreLocation,
  failed: ReplicaFailed,
): Promise<ObjectStore> {
  const { replicated } = await import('./wrappers/replicated.wrapper.js');
  try {
    return replicated(first, await openStore(location), failed);
  } catch (error) {
    await first.close();
    throw error;
  }
}
