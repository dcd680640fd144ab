import { decoded } from './percent-encoding.js';

/** Where a Redis is: one server, sentinels that know it, or some nodes of a cluster. */
export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly nodes: readonly RedisNode[];
  /** What sentinels call it. */
  readonly master: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  readonly tls: boolean;
}

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export abstract class RedisConfig {
  /** Null where this process works alone. */
  abstract readonly address: RedisAddress | null;
}

const FORM = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^?#]*))?$/;
const NODE = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/;
const PORTS = { single: 6379, sentinel: 26379, cluster: 6379 } as const;

/**
 * Reads `redis://`, `redis+sentinel://host1,host2/master-name` or
 * `redis+cluster://host1,host2`, with `rediss` for TLS.
 *
 * @returns undefined when it is none of these.
 */
export function readRedisUrl(text: string): RedisAddress | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, secure, mode, credentials, hosts = '', path = ''] = match;
  const kind = (mode ?? 'single') as RedisAddress['kind'];
  const nodes = hosts.split(',').map((host) => readNode(host, PORTS[kind]));
  const [master, database] = kind === 'sentinel' ? splitOnce(path, '/') : [null, path];
  const number = database === '' ? 0 : Number(database);
  const isWhole = nodes.every((node) => node !== undefined) && Number.isInteger(number) && number >= 0;
  const isOne = kind !== 'single' || nodes.length === 1;
  if (!isWhole || !isOne || master === '' || (kind === 'cluster' && number !== 0)) return undefined;
  const [username, password] = readCredentials(credentials);
  return { kind, nodes, master, username, password, database: number, tls: secure === 's' };
}

function readNode(text: string, defaultPort: number): RedisNode | undefined {
  const match = NODE.exec(text.trim());
  if (match === null) return undefined;
  const port = match[3] === undefined ? defaultPort : Number(match[3]);
  return port >= 1 && port <= 65_535 ? { host: match[1] ?? match[2] ?? '', port } : undefined;
}

/** `user:password`, `:password` or `user`, percent-encoded; one with a lone percent sign is meant as it stands. */
function readCredentials(text: string | undefined): [string | null, string | null] {
  if (text === undefined) return [null, null];
  const [username, password] = splitOnce(text, ':').map((part) => decoded(part) ?? part);
  return [username === '' ? null : (username ?? null), password === '' ? null : (password ?? null)];
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
