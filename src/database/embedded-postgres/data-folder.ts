import { randomBytes } from 'node:crypto';
import {
  chown,
  mkdir,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { becoming, serverAccount, type RunAs } from './os-user.js';
import { locateBinaries, majorVersion, runProgram, type PostgresBinaries } from './binaries.js';
import { EmbeddedPostgresError, lastUsefulLine, onPath } from './errors.js';

/** A data folder ready to be started, with the programs and the user that fit it. */
export interface Cluster {
  /** real path: the same for everybody who names the folder another way */
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
  readonly runAs: RunAs;
  /** beside the data folder, appended by the server */
  readonly logFile: string;
}

/**
 * initdb works in a folder of this prefix; a leftover was never served and holds
 * nobody's data. Each attempt has its own name, for an initdb may outlive the
 * killed process that started it.
 */
const UNFINISHED = '.initializing-';
/** initdb has finished here; its content is on its way up into the data folder. */
const FINISHED = '.initialized';
/** PostgreSQL's own sign that a folder is a data folder; it is moved up last. */
const VERSION_FILE = 'PG_VERSION';

/**
 * Makes the data folder exist and returns its real path.
 *
 * @throws EmbeddedPostgresError when it cannot.
 */
export async function makeDataFolder(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  return onPath(path, async () => {
    await mkdir(path, { recursive: true, mode: 0o755 });
    return realpath(path);
  });
}

/**
 * Whether PostgreSQL has data in the folder. An initialisation that was cut
 * short after initdb had finished is completed on the way.
 *
 * @throws EmbeddedPostgresError when something else lives there: it is neither used nor touched.
 */
export async function isInitialised(dataDir: string): Promise<boolean> {
  return onPath(dataDir, async () => {
    const entries = await readdir(dataDir);
    const unfinished = entries.filter((entry) => entry.startsWith(UNFINISHED));
    // Not worth failing for: an initdb left behind may still be writing, and the next start tries again.
    for (const name of unfinished) await rm(join(dataDir, name), { recursive: true }).catch(() => undefined);
    if (entries.includes(VERSION_FILE)) return true;
    if (entries.includes(FINISHED)) return moveUp(dataDir);
    // A fresh ext4 volume comes with lost+found.
    if (entries.every((entry) => unfinished.includes(entry) || entry === 'lost+found')) return false;
    throw new EmbeddedPostgresError(
      `${dataDir} is neither empty nor a PostgreSQL data folder: choose another DATA_DIR or set DATABASE_URL.`,
    );
  });
}

/**
 * Finds the programs and the user for the folder.
 *
 * @throws EmbeddedPostgresError when they are missing, not allowed in, or of another version than the data.
 */
export async function openCluster(dataDir: string, initialised: boolean): Promise<Cluster> {
  const [binaries, account] = await Promise.all([
    locateBinaries(),
    onPath(dataDir, () => serverAccount(dataDir, initialised)),
  ]);
  const runAs = await becoming(account, [binaries.postgres, dataDir]);
  const [brought, made] = await Promise.all([
    majorVersion(runAs, binaries),
    initialised ? onPath(dataDir, () => readFile(join(dataDir, VERSION_FILE), 'utf8')) : undefined,
  ]);
  if (made !== undefined && made.trim() !== brought) {
    throw new EmbeddedPostgresError(
      `The data in ${dataDir} was made by PostgreSQL ${made.trim()} and this Cloudkeep brings ${brought}:` +
        ` move it over with pg_dump, choose another DATA_DIR or set DATABASE_URL.`,
    );
  }
  return { dataDir, binaries, runAs, logFile: `${dataDir}.log` };
}

/**
 * Runs initdb beside the final place and moves the result up when it is whole,
 * so that a kill at any moment leaves either no data folder or a complete one.
 * The stage is inside the data folder, for that may be a volume of its own.
 *
 * @throws EmbeddedPostgresError with initdb's last useful line.
 */
export async function initialise(
  cluster: Cluster,
  superuserPassword: string,
  durable: boolean,
): Promise<void> {
  const { dataDir, runAs, binaries } = cluster;
  const stage = join(dataDir, `${UNFINISHED}${randomBytes(4).toString('hex')}`);
  const passwordFile = `${stage}.password`;
  await onPath(dataDir, async () => {
    await writeFile(passwordFile, `${superuserPassword}\n`, { mode: 0o600, flag: 'wx' });
    await giveTo(dataDir, passwordFile);
  });
  try {
    // One locale everywhere: the builtin provider sorts alike on every host, so the folder may move between them.
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const args = [`--pgdata=${stage}`, ...access, ...locale, ...(durable ? [] : ['--no-sync'])];
    const { code, output } = await runProgram(runAs, binaries.initdb, args);
    if (code !== 0) {
      throw new EmbeddedPostgresError(
        `PostgreSQL could not initialise ${dataDir}: ${lastUsefulLine(output)}`,
      );
    }
  } finally {
    await rm(passwordFile, { force: true });
  }
  await onPath(dataDir, async () => {
    await rename(stage, join(dataDir, FINISHED));
    await moveUp(dataDir);
  });
}

/** Gives a file of ours to whoever owns the data folder. */
async function giveTo(dataDir: string, file: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dataDir);
  await chown(file, uid, gid);
}

async function moveUp(dataDir: string): Promise<true> {
  const stage = join(dataDir, FINISHED);
  const entries = await readdir(stage);
  for (const entry of entries.filter((name) => name !== VERSION_FILE)) {
    await rename(join(stage, entry), join(dataDir, entry));
  }
  await rename(join(stage, VERSION_FILE), join(dataDir, VERSION_FILE));
  await rmdir(stage);
  return true;
}
