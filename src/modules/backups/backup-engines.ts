import type { BackupEngine } from './backup-engine.port.js';
import type { BackupEngineName, BackupKind } from './backup-manifest.js';
import { BackupErrors } from './backups.errors.js';

/** The engines of this version, the preferred first. */
export class BackupEngines {
  constructor(readonly all: readonly BackupEngine[]) {}

  named(name: BackupEngineName): BackupEngine | null {
    return this.all.find((engine) => engine.name === name) ?? null;
  }

  canMake(kind: BackupKind, name: BackupEngineName): boolean {
    return this.all.some((engine) => engine.name === name && engine.kinds.includes(kind));
  }

  /**
   * The first that makes backups of this kind and lacks nothing here.
   *
   * @param name the only one that will do.
   * @throws AppError 409 `backup_tools_missing` telling what each of them lacks.
   */
  async choose(kind: BackupKind, name?: BackupEngineName): Promise<BackupEngine> {
    const lacking: string[] = [];
    for (const engine of this.all) {
      if (!engine.kinds.includes(kind) || (name !== undefined && engine.name !== name)) continue;
      const lack = await engine.lacks();
      if (lack === null) return engine;
      lacking.push(`${engine.name}: ${lack}`);
    }
    throw BackupErrors.toolsMissing(kind, lacking);
  }
}
