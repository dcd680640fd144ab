import type { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import { describeObjectStore, type ContractOptions, type OpenedStore } from '../object-store-contract.js';
import { openMemory } from './memory.js';

/** The whole contract for a wrapper. Over memory: in a folder each of its writes would wait for the disk, and show no more. */
export function describeWrapper(
  name: string,
  wrap: (inner: ObjectStore) => ObjectStore,
  options: Partial<ContractOptions> = {},
): void {
  describeObjectStore(
    `The ${name} store`,
    async (): Promise<OpenedStore> => {
      const inner = await openMemory();
      const behind = options.isReadOnly === true ? { behind: inner.store } : {};
      return { ...inner, ...behind, store: wrap(inner.store) };
    },
    { backend: 'memory', ...options },
  );
}
