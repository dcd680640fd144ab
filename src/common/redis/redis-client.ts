import type { Cluster, Redis as Single } from 'ioredis';
import type { RedisAddress } from '../../config/redis.js';

/**
 * Counts hits in a window that begins with the first, in one round trip.
 * A counter without an end, as one restored from elsewhere may be, gets one.
 */
const COUNT_HITS = `
local hits = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {hits, left}`;

const SCRIPTS = { countHits: { lua: COUNT_HITS, numberOfKeys: 1 } };

const CONNECT_MS = 2_000;
/** After so long without an answer the connection counts as dead. */
const SILENCE_MS = 2_000;
const FAREWELL_MS = 200;
const SLOWEST_RETRY_MS = 500;

interface Commands {
  countHits(key: string, hits: number, windowMs: number): Promise<[hits: number, leftMs: number]>;
}

export type RedisClient = (Single | Cluster) & Commands;

/** Whether commands wait for a connection, as subscriptions do, or fail at once, as counters do. */
export interface Patience {
  /** Undefined waits for as long as it takes. */
  readonly answerWithinMs: number | undefined;
}

/** A client that connects by itself, and again whenever it was cut. Its library is loaded here, for none else needs it. */
export async function connectRedis(address: RedisAddress, patience: Patience): Promise<RedisClient> {
  const { Redis: SingleClient, Cluster: ClusterClient } = await import('ioredis');
  const options = clientOptions(address, patience);
  const nodes = address.nodes.map((node) => ({ ...node }));
  const retry = (times: number) => Math.min(times * 50, SLOWEST_RETRY_MS);
  const client =
    address.kind === 'cluster'
      ? new ClusterClient(nodes, {
          redisOptions: options,
          scripts: SCRIPTS,
          clusterRetryStrategy: retry,
          enableOfflineQueue: patience.answerWithinMs === undefined,
        })
      : new SingleClient({
          ...options,
          ...placeOf(address),
          retryStrategy: retry,
          sentinelRetryStrategy: retry,
          enableOfflineQueue: patience.answerWithinMs === undefined,
        });
  return client as RedisClient;
}

function placeOf({ kind, nodes, master, tls }: RedisAddress) {
  if (kind === 'sentinel') {
    return {
      sentinels: nodes.map((node) => ({ ...node })),
      name: master ?? '',
      enableTLSForSentinelMode: tls,
    };
  }
  const [{ host, port } = { host: 'localhost', port: 6379 }] = nodes;
  return { host, port };
}

/** @returns what all kinds of clients take. */
function clientOptions({ username, password, database, tls }: RedisAddress, { answerWithinMs }: Patience) {
  return {
    connectionName: 'cloudkeep',
    protocol: 2 as const,
    connectTimeout: CONNECT_MS,
    disconnectTimeout: FAREWELL_MS,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    db: database,
    maxRetriesPerRequest: answerWithinMs === undefined ? null : 0,
    autoResendUnfulfilledCommands: answerWithinMs === undefined,
    ...(answerWithinMs === undefined ? {} : { commandTimeout: answerWithinMs, socketTimeout: SILENCE_MS }),
    scripts: SCRIPTS,
  };
}
