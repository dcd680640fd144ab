import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStore } from '../../../src/modules/storage/drivers/local.driver.js';
import type { OpenedStore } from '../object-store-contract.js';
import { memoryOrDisk } from '../scratch.js';

export interface OpenedLocalStore extends OpenedStore {
  readonly store: LocalStore;
  readonly root: string;
}

/** A local store in a folder of its own, which can be looked into. */
export async function openLocal(): Promise<OpenedLocalStore> {
  const root = await mkdtemp(join(memoryOrDisk(), 'cloudkeep-store-'));
  const store = await LocalStore.open(root);
  return {
    store,
    root,
    leftovers: () => readdir(join(root, 'incoming')),
    openReads: () => openFilesBelow(root),
    close: async () => {
      await store.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** How many files below a folder this process has open; Linux tells, others are taken at their word. */
async function openFilesBelow(root: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const descriptors = await readdir('/proc/self/fd');
  const paths = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return paths.filter((path) => path.startsWith(`${root}/`)).length;
}
