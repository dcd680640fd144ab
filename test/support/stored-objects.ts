import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import type { TestApp } from './app.js';

/** The keys of all that the store holds, in order. */
export async function storedKeys({ cloudkeep }: TestApp): Promise<string[]> {
  const keys = [];
  for await (const key of cloudkeep.nest.get<ObjectStore>(ObjectStore).keys()) keys.push(key);
  return keys.sort();
}
