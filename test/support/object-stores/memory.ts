import { MemoryStore } from '../../../src/modules/storage/drivers/memory.driver.js';
import type { OpenedStore } from '../object-store-contract.js';

export function openMemory(): Promise<OpenedStore> {
  const store = new MemoryStore();
  return Promise.resolve({ store, close: () => store.close() });
}
