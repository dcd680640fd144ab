import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where distributions put PostgreSQL, a folder a version. */
export const PACKAGES = '/usr/lib/postgresql';

/** The folder of the first version that has all these programs. */
export function packagedWith(...programs: readonly string[]): string | undefined {
  if (!existsSync(PACKAGES)) return undefined;
  return readdirSync(PACKAGES)
    .map((version) => join(PACKAGES, version, 'bin'))
    .find((folder) => programs.every((name) => existsSync(join(folder, name))));
}
