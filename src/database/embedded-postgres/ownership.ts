import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedPostgresError } from './errors.js';
import { findPostmaster } from './postmaster.js';
import { credentialsFile } from './credentials.js';

const RETRY_MS = 25;
const WAIT_MS = 500;
const COME_BACK_MS = 250;
const CONNECT_TIMEOUT_MS = 5_000;
const OWNER_NAME = 'cloudkeep-owner';
const WAITING_NAME = 'cloudkeep-owner-waiting';
/** In database `postgres`, where the application's role may not connect: nobody else uses lock keys there. */
const OWNER_LOCK = 7_200_001;
/** SQLSTATE class 57P: starting up or shutting down. 53300: every slot is taken. Both pass. */
const PASSING = /^(57P0[123]|53300)$/;

/** URL of the superuser. */
export function superuserUrl(port: number, password: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

/** A superuser's connection, and the port its server listens on. */
export interface AdminConnection {
  readonly client: pg.Client;
  readonly port: number;
}

/**
 * Connects to the server that runs on the folder, once it lets us in: it may be
 * recovering from a crash, or stopping. Undefined when there is none, or no more.
 *
 * @throws EmbeddedPostgresError when it refuses the password, or is not ready in time.
 */
export async function connectAsSuperuser(
  dataDir: string,
  password: string,
  patienceMs: number,
): Promise<AdminConnection | undefined> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const running = await findPostmaster(dataDir);
    if (!running) return undefined;
    const client =
      running.ready && running.port ? await tryConnect(dataDir, running.port, password) : undefined;
    if (client && running.port) return { client, port: running.port };
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        `The PostgreSQL that runs in ${dataDir} (pid ${running.pid}) is not ready: look at ${dataDir}.log, stop it and start again.`,
      );
    }
    await delay(RETRY_MS);
  }
}

async function tryConnect(dataDir: string, port: number, password: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString: superuserUrl(port, password),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: OWNER_NAME,
  });
  // A server that dies must not take the process along through an unhandled 'error'; 'end' follows and tells.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (!(error instanceof pg.DatabaseError) || PASSING.test(error.code ?? '')) return undefined;
    throw new EmbeddedPostgresError(
      `The PostgreSQL that runs in ${dataDir} does not accept the password in ${credentialsFile(dataDir)} (${error.message}):` +
        ` stop it and delete that file, and the next start sets a new one.`,
      { cause: error },
    );
  }
}

/**
 * Who stops the server: the process whose connection holds one advisory lock.
 * PostgreSQL frees it when that process dies in any way, so a server left
 * behind is adopted by whoever starts next, and two never both think it theirs.
 *
 * A crashed backend makes the server drop every connection and live on. The
 * owner then comes back for its lock; if a newcomer was faster, it stays
 * connected in wait, and the newcomer hands over instead of stopping.
 */
export class Ownership {
  private holder: pg.Client | undefined;
  private waiting: pg.Client | undefined;
  private returning: Promise<void> | undefined;
  private takenAt = 0;
  private over = false;

  /** @param reconnect gives a new superuser connection, undefined when no server runs any more */
  constructor(private readonly reconnect: () => Promise<AdminConnection | undefined>) {}

  /** Takes the lock with this connection and keeps it, or closes it: another process is the owner. */
  async take(client: pg.Client): Promise<boolean> {
    const taken = await this.tryLock(client);
    if (taken) this.follow(client);
    else await client.end();
    return taken;
  }

  /**
   * Whether the server is ours to stop, decided once and for all. False for a
   * guest, and for an owner whom an earlier one waits to relieve.
   */
  async settle(): Promise<boolean> {
    await this.returning;
    this.over = true;
    if (this.waiting) await this.stopWaiting(this.waiting);
    if (!this.holder) return false;
    // An earlier owner needs a moment to reconnect after a crash; whoever owns longer waits for nothing here.
    await delay(Math.max(0, this.takenAt + COME_BACK_MS - Date.now()));
    if (!(await this.isAwaited(this.holder))) return true;
    await this.holder.end();
    return false;
  }

  /** Takes its name back first: answered after a try for the lock that may be under way, so it settles that as well. */
  private async stopWaiting(client: pg.Client): Promise<void> {
    referable(client).ref();
    await this.name(client, OWNER_NAME).catch(() => undefined);
    if (this.holder !== client) await client.end();
  }

  private async tryLock(client: pg.Client): Promise<boolean> {
    const sql = 'SELECT pg_try_advisory_lock($1) AS taken';
    const { rows } = await client.query<{ taken: boolean }>(sql, [OWNER_LOCK]);
    const taken = rows[0]?.taken === true;
    if (taken) {
      this.holder = client;
      this.takenAt = Date.now();
      this.waiting = undefined;
    }
    return taken;
  }

  /** The application keeps the process alive, not its database's lock. */
  private follow(client: pg.Client): void {
    client.once('end', () => {
      this.holder = undefined;
      this.waiting = undefined;
      if (!this.over) this.returning = this.comeBack().catch(() => undefined);
    });
    referable(client).unref();
  }

  private async comeBack(): Promise<void> {
    const again = await this.reconnect();
    if (!again) return;
    this.follow(again.client);
    if (await this.tryLock(again.client)) return;
    this.waiting = again.client;
    await this.name(again.client, WAITING_NAME);
    void this.wait(again.client).catch(() => undefined);
  }

  private async wait(client: pg.Client): Promise<void> {
    for (;;) {
      await delay(WAIT_MS, undefined, { ref: false });
      if (this.over || this.waiting !== client) return;
      if (await this.tryLock(client)) return this.name(client, OWNER_NAME);
    }
  }

  /** A connection's name is how an owner in wait makes itself known to the one it waits for. */
  private async name(client: pg.Client, name: string): Promise<void> {
    await client.query(`SET application_name = '${name}'`);
  }

  private async isAwaited(holder: pg.Client): Promise<boolean> {
    referable(holder).ref();
    const waiting = 'SELECT FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()';
    const { rowCount } = await holder.query(waiting, [WAITING_NAME]).catch(() => ({ rowCount: 0 }));
    return (rowCount ?? 0) > 0;
  }
}

/** @types/pg does not know that a client can let the process end. */
function referable(client: pg.Client): { ref(): void; unref(): void } {
  return client as pg.Client & { ref(): void; unref(): void };
}
