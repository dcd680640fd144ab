import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What it takes, for `describeWhere`. */
export const A_MOUNT = 'root that may mount a tmpfs';

/** A disk of a few mebibytes in memory, to be filled. Only root may mount one, and not in every container. */
export class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'cloudkeep-disk-'));
  readonly isMounted: boolean;

  /** For the spec file that calls it, at its top; gone after its stories. */
  constructor(mebibytes: number) {
    const options = `size=${mebibytes}m,mode=777`;
    this.isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', this.path]).status === 0;
    // Where every story of a file is skipped, so is what would follow them.
    if (!this.isMounted) rmSync(this.path, { recursive: true });
  }

  /** Nothing can be written on it from now on. */
  turnReadOnly(): void {
    const { status, stderr } = spawnSync('mount', ['-o', 'remount,ro', this.path]);
    if (status !== 0) throw new Error(stderr.toString());
  }

  remove(): void {
    if (!this.isMounted) return;
    spawnSync('umount', [this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}
