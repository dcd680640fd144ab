import type { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import { describeObjectStore, type ContractOptions, type OpenedStore } from '../object-store-contract.js';
import { openLocal } from './local.js';
import { openMemory } from './memory.js';

const MEDIA = [
  { name: 'memory', open: openMemory, options: { backend: 'memory' } },
  // Its own run pages through many; each costs it a few writes that wait for the disk.
  { name: 'local', open: openLocal, options: { backend: 'local', keepsContentType: false, manyKeys: 150 } },
];

/** The whole contract for a wrapper, over each medium that is at hand. */
export function describeWrapper(
  name: string,
  wrap: (inner: ObjectStore) => ObjectStore,
  options: Partial<ContractOptions> = {},
): void {
  for (const medium of MEDIA) {
    describeObjectStore(
      `The ${name} store over ${medium.name}`,
      async (): Promise<OpenedStore> => {
        const inner = await medium.open();
        const behind = options.isReadOnly === true ? { behind: inner.store } : {};
        return { ...inner, ...behind, store: wrap(inner.store) };
      },
      { ...medium.options, ...options },
    );
  }
}
