import type { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { itGivesUpWhole } from './object-stores/broken-writes.js';
import { itKeepsKeys } from './object-stores/keys.js';
import { itReads } from './object-stores/reading.js';
import { itRefusesToWrite } from './object-stores/read-only.js';
import { itSigns } from './object-stores/signing.js';
import { stageOf, type Stage } from './object-stores/stage.js';
import { itWrites } from './object-stores/writing.js';

export interface OpenedStore {
  readonly store: ObjectStore;
  /** Where the stories put what they read, where that is not the store itself: behind a read-only one. */
  readonly behind?: ObjectStore;
  /** Names what the medium holds besides whole objects: temporary files, unfinished uploads. */
  readonly leftovers?: () => Promise<readonly string[]>;
  /** How many files or connections are open for reads. */
  readonly openReads?: () => Promise<number>;
  readonly close: () => Promise<void>;
}

export interface ContractOptions {
  /** What it says it is made of. */
  readonly backend: string;
  /** Whether it tells an object's content type again. */
  readonly keepsContentType?: boolean;
  readonly isReadOnly?: boolean;
  /** Whether its medium answers signed requests; otherwise `signUrl` gives null. */
  readonly signs?: boolean;
  /** Whether a signed PUT takes the announced type and size alone. */
  readonly bindsUploads?: boolean;
  /** How long a key may be, where a part of the 1,024 bytes is taken. */
  readonly keyBytes?: number;
  /** How many keys `keys` is asked to page through. */
  readonly manyKeys?: number;
  /** How long one story may take. */
  readonly patienceMs?: number;
}

/** What every object store, on any medium and however wrapped, does: one suite for all of them. */
export function describeObjectStore(
  name: string,
  open: () => Promise<OpenedStore>,
  options: ContractOptions,
): void {
  describe(`${name} keeps the contract of object stores:`, () => {
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await open();
    }, options.patienceMs ?? PATIENCE_MS);
    afterAll(() => opened.close());
    const stage: Stage = stageOf(() => opened, { ...DEFAULTS, ...options });

    it('says what it is made of, and that it works', async () => {
      expect(stage.store.backend).toBe(options.backend);
      await stage.store.check();
    });
    describe('reading', () => itReads(stage));
    describe('signed requests', () => itSigns(stage));
    if (options.isReadOnly === true) {
      describe('writing', () => itRefusesToWrite(stage));
    } else {
      describe('writing', () => itWrites(stage));
      describe('a write that fails', () => itGivesUpWhole(stage));
    }
    // Last: with its many keys a store is slower to list.
    describe('keys', () => itKeepsKeys(stage));
  });
}

const PATIENCE_MS = 30_000;
const DEFAULTS = {
  keepsContentType: true,
  isReadOnly: false,
  signs: false,
  bindsUploads: true,
  keyBytes: 1024,
  // One page, and some of the next.
  manyKeys: 1_010,
  patienceMs: PATIENCE_MS,
};
