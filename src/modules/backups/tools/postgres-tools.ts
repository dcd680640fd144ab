import { access, constants, readdir, realpath } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { BackupsConfig } from '../../../config/backups.js';
import type { PostgresBinaries } from '../../../database/embedded-postgres/binaries.js';
import { runTool } from './run-tool.js';
import { ToolMissing } from './tool-errors.js';
import type { Tool, ToolName, Wanted } from './tool.js';

/** All that makes a server. */
export interface ServerPrograms {
  readonly binaries: PostgresBinaries;
  readonly major: number;
}

/** Where the packages of Debian and Ubuntu, of Red Hat and its kin, and of Homebrew put each version. */
const FOLDERS: readonly { readonly parent: string; readonly name: RegExp }[] = [
  { parent: '/usr/lib/postgresql', name: /^\d+$/ },
  { parent: '/usr', name: /^pgsql-\d+$/ },
  { parent: '/opt/homebrew/opt', name: /^(postgresql@\d+|libpq)$/ },
  { parent: '/usr/local/opt', name: /^(postgresql@\d+|libpq)$/ },
];

/**
 * PostgreSQL's own programs and pgBackRest, wherever this machine has them: in
 * `PG_BIN_DIR`, on the PATH, or where packages put them. Of several the oldest that
 * will do is taken: what a newer one writes, an older server may not read. Looked
 * for each time: they may be installed while the server runs.
 */
@Injectable()
export class PostgresTools {
  constructor(private readonly config: BackupsConfig) {}

  /** @throws ToolMissing saying what is needed, what is there, and how to mend it. */
  async find(name: ToolName, wanted: Wanted = {}): Promise<Tool> {
    const found = await this.all(name);
    const [best] = fitting(found, wanted);
    if (best === undefined) throw new ToolMissing(name, wanted, found);
    return best;
  }

  /** What keeps one of them from being used, in one sentence; null when nothing. */
  async lacks(names: readonly ToolName[], wanted: Wanted = {}): Promise<string | null> {
    for (const name of names) {
      try {
        await this.find(name, name === 'pgbackrest' ? {} : wanted);
      } catch (error) {
        if (error instanceof ToolMissing) return error.message;
        throw error;
      }
    }
    return null;
  }

  /** The programs of one server, all from one folder. @throws ToolMissing. */
  async server(wanted: Wanted = {}): Promise<ServerPrograms> {
    const found = await this.all('postgres');
    for (const { path, major } of fitting(found, wanted)) {
      const folder = dirname(path);
      const [initdb, pg_ctl] = [join(folder, 'initdb'), join(folder, 'pg_ctl')];
      if ((await isProgram(initdb)) && (await isProgram(pg_ctl)))
        return { binaries: { postgres: path, initdb, pg_ctl }, major };
    }
    throw new ToolMissing('postgres', wanted, found);
  }

  /** Each that there is. `PG_BIN_DIR`, where given, is the only place: whoever chose it meant it. */
  private async all(name: ToolName): Promise<Tool[]> {
    const { binDir } = this.config;
    const [own] = binDir === null ? [] : await this.in([join(binDir, name)], name);
    if (own !== undefined) return [own];
    return this.in([...(await onPath(name)), ...(await installed(name))], name);
  }

  private async in(paths: readonly string[], name: ToolName): Promise<Tool[]> {
    const tools: Tool[] = [];
    const seen = new Set<string>();
    for (const path of paths) {
      const real = (await isProgram(path)) ? await realpath(path) : null;
      // Debian's /usr/bin/pg_dump is a script that chooses one by rules of its own.
      if (real === null || basename(real) !== name || seen.has(real)) continue;
      seen.add(real);
      const version = await versionOf(real, name);
      if (version !== null) tools.push({ name, path: real, version, major: Number.parseInt(version, 10) });
    }
    return tools;
  }
}

/** The oldest first. */
function fitting(found: readonly Tool[], { least = 0, exact = false }: Wanted): Tool[] {
  return found
    .filter(({ major }) => (exact ? major === least : major >= least))
    .sort((one, other) => one.major - other.major);
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The shell is asked: this process's environment is read in one place only. */
async function onPath(name: ToolName): Promise<string[]> {
  const { stdout } = await runTool('/bin/sh', ['-c', 'printf %s "$PATH"'], { env: 'inherited' }).catch(
    () => ({
      stdout: '',
    }),
  );
  return stdout
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
}

async function installed(name: ToolName): Promise<string[]> {
  const folders = await Promise.all(
    FOLDERS.map(async ({ parent, name: pattern }) => {
      const entries = await readdir(parent).catch(() => []);
      return entries.filter((entry) => pattern.test(entry)).map((entry) => join(parent, entry, 'bin', name));
    }),
  );
  return folders.flat();
}

/** Null where it does not run here at all. */
async function versionOf(path: string, name: ToolName): Promise<string | null> {
  const ran = await runTool(path, [name === 'pgbackrest' ? 'version' : '--version']).catch(() => null);
  if (ran?.code !== 0) return null;
  return /(\d+(?:\.\d+)*)/.exec(ran.stdout)?.[1] ?? null;
}
