import { createHash } from 'node:crypto';
import {
  BackupEngine,
  type BackupOrder,
  type BackupYield,
  type RestoredServer,
} from '../../src/modules/backups/backup-engine.port.js';
import { BackupEngines } from '../../src/modules/backups/backup-engines.js';
import type { BackupEngineName, BackupKind, BackupPart } from '../../src/modules/backups/backup-manifest.js';
import { BackupRunner } from '../../src/modules/backups/backup-runner.js';
import {
  BackupVerification,
  type VerificationOutcome,
} from '../../src/modules/backups/backup-verification.port.js';
import { FilesInventory } from '../../src/modules/backups/files-inventory.port.js';
import type { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import type { TestApp } from './app.js';

async function put(store: ObjectStore, key: string, text: string): Promise<BackupPart> {
  const bytes = Buffer.from(text);
  await store.set(key, bytes, { size: bytes.length });
  return { key, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Writes one object instead of a dump, for tests of what happens around an engine. */
export class FakeEngine extends BackupEngine {
  readonly orders: BackupOrder[] = [];
  readonly forgotten: string[] = [];
  /** What the next attempts fail of. */
  readonly failures: Error[] = [];
  lack: string | null = null;
  /** The most that were being made at a time. */
  mostAtOnce = 0;
  private atOnce = 0;
  private gate: Promise<void> = Promise.resolve();

  constructor(
    readonly name: BackupEngineName = 'pgbackrest',
    readonly kinds: readonly BackupKind[] = ['full', 'incremental'],
  ) {
    super();
  }

  /** Keeps what is begun from now on from being finished until the returned function is called. */
  hold(): () => void {
    let open: () => void = () => undefined;
    this.gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  lacks(): Promise<string | null> {
    return Promise.resolve(this.lack);
  }

  async make(order: BackupOrder): Promise<BackupYield> {
    this.orders.push(order);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      const part = await put(order.store, 'dump', `rows of ${order.id}`);
      order.onProgress(part.bytes);
      await Promise.race([this.gate, aborted(order.signal)]);
      const failure = this.failures.shift();
      if (failure !== undefined) throw failure;
      return {
        parts: [part],
        tables: { users: 3, organizations: 1 },
        server_version: '18.1',
        tool_version: 'fake 1.0',
        details: {},
      };
    } finally {
      this.atOnce--;
    }
  }

  forget(id: string): Promise<void> {
    this.forgotten.push(id);
    return Promise.resolve();
  }

  examine(): Promise<void> {
    return Promise.reject(new Error('Nobody asks a fake'));
  }

  bringBack(): Promise<RestoredServer> {
    return Promise.reject(new Error('Nobody asks a fake'));
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
  });
}

export interface FakeBackups {
  readonly engine: FakeEngine;
  /** How the next verifications end; well where nothing is said. */
  readonly verdicts: (VerificationOutcome | Error)[];
  /** Waits until the queue is as empty as it gets now. */
  readonly drained: () => Promise<void>;
}

/** Puts fakes behind the ports of one application. */
export function withFakeBackups({ cloudkeep: { nest } }: TestApp, engine = new FakeEngine()): FakeBackups {
  const verdicts: FakeBackups['verdicts'] = [];
  Object.assign(nest.get(BackupEngines), { all: [engine] });
  Object.assign(nest.get(FilesInventory), {
    write: async (corner: ObjectStore) => ({
      ...(await put(corner, 'files.ndjson', '{"key":"files/a"}\n')),
      objects: 1,
    }),
  });
  Object.assign(nest.get(BackupVerification), {
    verify: () => {
      const verdict = verdicts.shift() ?? { ok: true, words: 'All rows are there.' };
      return verdict instanceof Error ? Promise.reject(verdict) : Promise.resolve(verdict);
    },
  });
  const runner = nest.get(BackupRunner);
  return {
    engine,
    verdicts,
    drained: async () => {
      runner.wake();
      await runner.idle();
    },
  };
}
