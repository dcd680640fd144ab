import { SchedulerRegistry } from '@nestjs/schedule';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { createApp, type Cloudkeep } from '../../src/app.js';
import { buildConfig } from '../../src/config/config.js';
import { readEnv } from '../../src/config/env.js';
import { MovableClock } from './clock.js';
import { TestDatabase } from './database.js';
import { Given } from './factories/given.js';
import { ApiClient } from './client.js';
import { contractOf } from './native/openapi-contract.js';
import { memoryOrDisk } from './scratch.js';
import { openSessionsOf } from './sessions.js';
import { weakenedCode, type Code, type Mutation } from './weakened.js';

/** Limits are off, and no backup is made by itself, unless a test is about them. */
const QUIET = {
  LOG_LEVEL: 'silent',
  PORT: '0',
  HOST: '127.0.0.1',
  RATE_LIMIT_REQUESTS: '0',
  RATE_LIMIT_LOGIN: '0',
  RATE_LIMIT_REGISTER: '0',
  RATE_LIMIT_PASSWORD: '0',
  RATE_LIMIT_MFA: '0',
  RATE_LIMIT_QUERY: '0',
  SANDBOX_MAX_ACTIVE_SESSIONS: '0',
  BACKUPS_SCHEDULED: 'false',
  ADMIN_EMAIL: 'root@example.com',
  ADMIN_PASSWORD: 'granite-lantern-quilt-58',
};

const OWN_CODE = { createApp, buildConfig, readEnv };

export interface AppOptions {
  /** Settings as in the environment, over the quiet ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Shares another app's database, as a second replica would. */
  readonly replicaOf?: TestApp;
  /** Another than a fresh one; the app's own from now on. */
  readonly database?: TestDatabase;
  /** Of its own, where that of the app it shares a database with goes otherwise. */
  readonly clock?: MovableClock;
  /** Whether its jobs run when they are due; otherwise a test that spans a full minute would meet them. */
  readonly jobs?: boolean;
  /** Defences to take away; a replica of such an app goes without them, too. */
  readonly weakened?: readonly Mutation[];
}

/** The whole application on a database and a data folder of its own, reached over HTTP. */
export class TestApp {
  private constructor(
    readonly cloudkeep: Cloudkeep,
    readonly url: string,
    readonly database: TestDatabase,
    readonly clock: MovableClock,
    readonly given: Given,
    /** A client without a credential. */
    readonly anyone: ApiClient,
    private readonly dataDir: string,
    private readonly ownsDatabase: boolean,
    private readonly code: Code,
  ) {}

  static async start({ env = {}, replicaOf, weakened, ...given }: AppOptions = {}): Promise<TestApp> {
    const code =
      weakened === undefined
        ? { ...(replicaOf?.code ?? OWN_CODE), remove: () => undefined }
        : weakenedCode(weakened);
    const database = replicaOf?.database ?? given.database ?? (await TestDatabase.create());
    const dataDir = replicaOf?.dataDir ?? mkdtempSync(join(memoryOrDisk(), 'cloudkeep-data-'));
    const clock = given.clock ?? replicaOf?.clock ?? new MovableClock();
    const settings = code.readEnv({ ...QUIET, DATABASE_URL: database.url, DATA_DIR: dataDir, ...env });
    const cloudkeep = await code.createApp(code.buildConfig(settings, '0.0.0-test'), clock);
    if (given.jobs !== true)
      for (const job of cloudkeep.nest.get(SchedulerRegistry).getCronJobs().values()) await job.stop();
    const url = (await cloudkeep.listen()).replace('localhost', '127.0.0.1');
    const anyone = new ApiClient(url, contractOf(cloudkeep), {}, new Agent({ keepAlive: true }));
    const maker = new Given(database, () => anyone, openSessionsOf(cloudkeep.nest));
    const owns = replicaOf === undefined;
    return new TestApp(cloudkeep, url, database, clock, maker, anyone, dataDir, owns, code);
  }

  /** A client that sends this bearer token. */
  as(credential: { readonly token: string } | string): ApiClient {
    const token = typeof credential === 'string' ? credential : credential.token;
    return this.anyone.with({ authorization: `Bearer ${token}` });
  }

  async stop(): Promise<void> {
    await this.cloudkeep.close();
    this.code.remove();
    if (!this.ownsDatabase) return;
    await this.database.drop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
