import { Injectable } from '@nestjs/common';
import { SecretsConfig } from '../../config/config.js';
import type { StoreLocation } from '../../config/storage.js';
import { composeStore } from './compose-store.js';
import type { ObjectStore } from './object-store.port.js';
import { prefixed } from './wrappers/prefixed.wrapper.js';

/** Opens stores beside that of the files. Whoever opens one closes it. */
@Injectable()
export class StoresService {
  constructor(private readonly secrets: SecretsConfig) {}

  /**
   * What is below `prefix` at a location, sealed with `ENCRYPTION_KEY` whatever the files are.
   *
   * @throws AppError `storage_unavailable`.
   */
  openSealed(location: StoreLocation, prefix: string): Promise<ObjectStore> {
    const composed = { location, replica: null, prefix, encrypts: true };
    return composeStore(composed, this.secrets.encryptionKeys, () => undefined);
  }
}

/** The part of a store below `prefix`, which ends in a slash; what lies beside it can not be reached. */
export function partOf(store: ObjectStore, prefix: string): ObjectStore {
  return prefixed(store, prefix);
}
