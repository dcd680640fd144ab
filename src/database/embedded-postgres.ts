import { applicationUrl, ensureApplicationDatabase } from './embedded-postgres/application-database.js';
import {
  credentialsFile,
  keepCredentials,
  makeCredentials,
  readCredentials,
  type Credentials,
} from './embedded-postgres/credentials.js';
import {
  initialise,
  isInitialised,
  makeDataFolder,
  openCluster,
  type Cluster,
} from './embedded-postgres/data-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres/errors.js';
import {
  connectAsSuperuser,
  Ownership,
  superuserUrl,
  type AdminConnection,
} from './embedded-postgres/ownership.js';
import {
  findPostmaster,
  forgetDeadPostmaster,
  launchPostmaster,
  resetSuperuserPassword,
  stopPostmaster,
} from './embedded-postgres/postmaster.js';
import { acquireStartLock } from './embedded-postgres/start-lock.js';

export { EmbeddedPostgresError } from './embedded-postgres/errors.js';

export interface EmbeddedPostgresOptions {
  /** The data folder. Passwords and server log are kept beside it: `<dataDir>.json` and `<dataDir>.log`. */
  readonly dataDir: string;
  /** Told in one line each what happens: initialising, starting, adopting, stopping. */
  readonly log?: (line: string) => void;
  /** Server settings on top of ours. Tests set `fsync=off`, which lets initdb skip its sync as well. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedServer {
  /** Database `cloudkeep` as role `cloudkeep`, its owner, neither superuser nor BYPASSRLS. */
  readonly url: string;
  /** Database `postgres` as superuser. Tests make template databases with it; the application never uses it. */
  readonly adminUrl: string;
  /** Stops the server if this process owns it, otherwise only lets go. Idempotent. */
  stop(): Promise<void>;
}

/** Crash recovery of a large log takes its time; a start otherwise takes well under a second. */
const START_PATIENCE_MS = 120_000;
/** Longer than one start may take: it is somebody else's turn first. */
const LOCK_PATIENCE_MS = 150_000;
/** At the end nobody waits for a stranger's slow start. */
const STOP_LOCK_PATIENCE_MS = 5_000;

/**
 * Starts a PostgreSQL of our own on the data folder, or joins the one that runs
 * there. The first process owns it and stops it at the end; a later one is a
 * guest. A server whose owner was killed is adopted by whoever comes next.
 *
 * The server does not end with this process: call `stop()` after draining.
 *
 * @throws EmbeddedPostgresError one clear line: folder not usable, data of another version, programs missing,
 *   start failed.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedServer> {
  try {
    const dataDir = await makeDataFolder(options.dataDir);
    const unlock = await acquireStartLock(dataDir, LOCK_PATIENCE_MS);
    try {
      return await bringUp(dataDir, options);
    } finally {
      await unlock();
    }
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const reason = (error as Error).message.split('\n')[0];
    throw new EmbeddedPostgresError(`PostgreSQL in ${options.dataDir} cannot be used: ${reason}`, {
      cause: error,
    });
  }
}

/** One start, with everything its steps share. */
interface Start {
  readonly cluster: Cluster;
  /** whether the folder had data before this start */
  readonly initialised: boolean;
  readonly credentials: Credentials;
  /** false: the passwords are new, and neither the server nor the file has them yet */
  readonly kept: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

async function bringUp(dataDir: string, options: EmbeddedPostgresOptions): Promise<EmbeddedServer> {
  const initialised = await isInitialised(dataDir);
  const kept = await readCredentials(dataDir);
  const cluster = await openCluster(dataDir, initialised);
  const { settings = {}, log = () => undefined } = options;
  const start = {
    cluster,
    initialised,
    credentials: kept ?? makeCredentials(),
    kept: kept !== undefined,
    settings,
    log,
  };
  const running = await findRunning(start);
  try {
    return await serve(start, running ?? (await launch(start)));
  } catch (error) {
    await (running ? running.client.end() : stopPostmaster(cluster)).catch(() => undefined);
    throw error;
  }
}

/** The server that runs on the folder already: another process's, or one whose owner was killed. */
async function findRunning(start: Start): Promise<AdminConnection | undefined> {
  const { dataDir } = start.cluster;
  if (!start.initialised) return undefined;
  if (start.kept) return connect(start);
  const running = await findPostmaster(dataDir);
  if (!running) return undefined;
  throw new EmbeddedPostgresError(
    `A PostgreSQL runs in ${dataDir} (pid ${running.pid}) and ${credentialsFile(dataDir)} with its passwords is gone:` +
      ` stop it with \`kill -INT ${running.pid}\` and start again.`,
  );
}

async function launch(start: Start): Promise<AdminConnection> {
  const { cluster, credentials, initialised, settings, log } = start;
  if (!initialised) {
    log(`Initialising PostgreSQL in ${cluster.dataDir}`);
    await initialise(cluster, credentials.superuser, settings.fsync !== 'off');
  }
  await forgetDeadPostmaster(cluster.dataDir);
  if (initialised && !start.kept) {
    log(`Setting new PostgreSQL passwords: ${credentialsFile(cluster.dataDir)} was missing`);
    await resetSuperuserPassword(cluster, credentials.superuser);
  }
  const { pid } = await launchPostmaster(cluster, settings, START_PATIENCE_MS);
  log(`Started PostgreSQL in ${cluster.dataDir} (pid ${pid})`);
  const connection = await connect(start);
  if (connection) return connection;
  throw new EmbeddedPostgresError(
    `PostgreSQL in ${cluster.dataDir} ended right after its start: see ${cluster.logFile}`,
  );
}

/** Makes sure of role, database and password file, and settles who stops the server. */
async function serve(start: Start, { client, port }: AdminConnection): Promise<EmbeddedServer> {
  const { cluster, credentials, kept, log } = start;
  const ownership = new Ownership(() => connect(start));
  await ensureApplicationDatabase(client, credentials.application, !kept);
  if (!kept) await keepCredentials(cluster.dataDir, credentials);
  const owner = await ownership.take(client);
  log(`Using PostgreSQL on port ${port}${owner ? '' : ', which another process owns'}`);
  let stopped: Promise<void> | undefined;
  return {
    url: applicationUrl(port, credentials.application),
    adminUrl: superuserUrl(port, credentials.superuser),
    stop: () => (stopped ??= letGo(cluster, ownership)),
  };
}

/** Under the start lock, so that nobody joins a server in its last moment: a newcomer waits, and starts it anew. */
async function letGo(cluster: Cluster, ownership: Ownership): Promise<void> {
  const unlock = await acquireStartLock(cluster.dataDir, STOP_LOCK_PATIENCE_MS).catch(() => undefined);
  try {
    if (await ownership.settle()) await stopPostmaster(cluster);
  } finally {
    await unlock?.();
  }
}

function connect({ cluster, credentials }: Start): Promise<AdminConnection | undefined> {
  return connectAsSuperuser(cluster.dataDir, credentials.superuser, START_PATIENCE_MS);
}
