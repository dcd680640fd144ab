import { execFile } from 'node:child_process';
import { chmod, lchown, readFile, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors.js';

const execute = promisify(execFile);

/** A user of the operating system, in numbers. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** How to become the server's user: ids for `spawn`, or a command to put in front; neither when we are it. */
export interface RunAs {
  readonly ids?: Account;
  readonly prefix: readonly string[];
}

/** Bits of the capability sets in /proc/self/status (linux/capability.h). */
const CAPABILITY = { dac_override: 1n, dac_read_search: 2n, setpcap: 8n } as const;

/**
 * The account that must run the server, undefined when it is our own. PostgreSQL
 * refuses root, so root lends an account: the one that owns the data already
 * (`sudo npm start` after `npm start`), else `postgres`, made when absent. The
 * folder is handed to it; call this only on a folder known to be empty or ours.
 *
 * @throws EmbeddedPostgresError when the folder belongs to somebody else, or no account can be made.
 */
export async function serverAccount(dataDir: string, initialised: boolean): Promise<Account | undefined> {
  const uid = process.getuid?.();
  if (uid === undefined) return undefined;
  const folder = await stat(dataDir);
  if (uid !== 0 && folder.uid !== uid) {
    throw new EmbeddedPostgresError(
      `PostgreSQL cannot use ${dataDir}: it belongs to user ${folder.uid} and Cloudkeep runs as ${uid}.` +
        ` Start it as that user, choose another DATA_DIR or set DATABASE_URL.`,
    );
  }
  // PostgreSQL's own rule: its group may read, nobody else anything.
  if ((folder.mode & 0o027) !== 0) await chmod(dataDir, 0o700);
  if (uid !== 0) return undefined;
  if (initialised && folder.uid !== 0) return { uid: folder.uid, gid: folder.gid };
  const account = (await findAccount()) ?? (await makeAccount());
  if (folder.uid !== account.uid) await handOver(dataDir, account);
  return account;
}

async function findAccount(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => execute('id', [flag, 'postgres'])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    return undefined;
  }
}

async function makeAccount(): Promise<Account> {
  let reason: unknown;
  await execute('groupadd', ['--system', 'postgres']).catch(() => undefined);
  await execute('useradd', ['-r', '-M', '-g', 'postgres', '-s', '/usr/sbin/nologin', 'postgres']).catch(
    (error: unknown) => (reason = error),
  );
  // Looked up even after a failure: another process may have made it in the same moment.
  const account = await findAccount();
  if (account) return account;
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root and no user `postgres` could be made: start Cloudkeep as another user or set DATABASE_URL.',
    { cause: reason },
  );
}

/** For a folder that root made or copied in: its content is root's, and PostgreSQL insists on owning it. */
async function handOver(dataDir: string, { uid, gid }: Account): Promise<void> {
  const inside = await readdir(dataDir, { recursive: true });
  for (const entry of ['', ...inside]) await lchown(join(dataDir, entry), uid, gid);
}

/**
 * How to run the server as `account`. An account that cannot walk to one of
 * `paths` (a checkout under /root, mode 0700) gets one Linux capability for it,
 * the narrowest one that root itself still holds.
 *
 * @throws EmbeddedPostgresError when there is no way to let it in.
 */
export async function becoming(account: Account | undefined, paths: readonly string[]): Promise<RunAs> {
  if (!account) return { prefix: [] };
  const reachable = await Promise.all(paths.map((path) => canWalkTo(path, account)));
  const blocked = paths[reachable.indexOf(false)];
  if (blocked === undefined) return { ids: account, prefix: [] };
  const capability = await lendableCapability();
  if (capability) return { prefix: setpriv(account, capability) };
  throw new EmbeddedPostgresError(
    `PostgreSQL runs as user ${account.uid}, which may not enter the folders above ${blocked}:` +
      ` move Cloudkeep out of there (to /opt or /srv), or set DATABASE_URL.`,
  );
}

/**
 * `no_setuid_fixup` is not decoration: access(2), with which PostgreSQL looks
 * for its own programs, ignores the capabilities of anyone but root unless this
 * bit is set (capabilities(7), "Effect of user ID changes").
 */
function setpriv({ uid, gid }: Account, capability: string): string[] {
  const user = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'];
  return ['setpriv', ...user, `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
}

/** Whether the modes of all folders above `path` let the account through. */
async function canWalkTo(path: string, { uid, gid }: Account): Promise<boolean> {
  for (let folder = dirname(await realpath(path)); ; folder = dirname(folder)) {
    const { mode, uid: owner, gid: group } = await stat(folder);
    const shift = owner === uid ? 6 : group === gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** A capability root holds and may pass on; containers drop some (Docker: dac_read_search), other systems have none. */
async function lendableCapability(): Promise<'dac_read_search' | 'dac_override' | undefined> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const held = ['CapEff', 'CapBnd'].map((set) =>
    BigInt(`0x${new RegExp(`^${set}:\\s*(\\w+)`, 'm').exec(status)?.[1] ?? 0}`),
  );
  const has = (name: keyof typeof CAPABILITY): boolean =>
    held.every((set) => ((set >> CAPABILITY[name]) & 1n) === 1n);
  const runs = await execute('setpriv', ['--version']).then(
    () => true,
    () => false,
  );
  if (!runs || !has('setpcap')) return undefined;
  return (['dac_read_search', 'dac_override'] as const).find(has);
}
