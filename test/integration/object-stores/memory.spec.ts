import { MemoryStore } from '../../../src/modules/storage/drivers/memory.driver.js';
import { describeObjectStore } from '../../support/object-store-contract.js';

describeObjectStore(
  'The memory store',
  () => {
    const store = new MemoryStore();
    return Promise.resolve({ store, close: () => store.close() });
  },
  { backend: 'memory' },
);
