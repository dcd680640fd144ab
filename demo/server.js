// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { DemoError } from './errors.js';
import { say, styled } from './print.js';

const USUAL = 'http://localhost:8000';
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAIN = join(ROOT, 'dist', 'src', 'main.js');
const SDK = join(ROOT, 'dist', 'sdk', 'index.js');
const PATIENCE_MS = 15_000;
/** Of our environment, what any process needs; no setting of a server reaches the one of a demo. */
const NEEDED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG'];

/** @typedef {{ url: URL, version: string }} Found */

/** Where a server was looked for. */
export const addressAsked = () => process.env.CLOUDKEEP_URL || USUAL;

/**
 * The server that `CLOUDKEEP_URL` names; else the one at the usual address, or where there is
 * none, one of the demo's own.
 *
 * @param {{ mayBuild: boolean, onEnd: (undo: () => Promise<void>) => void }} how
 * @returns {Promise<Found>}
 */
export async function findServer({ mayBuild, onEnd }) {
  // The demo itself needs the client.
  if (!existsSync(SDK)) await build(mayBuild);
  const given = process.env.CLOUDKEEP_URL;
  if (given) return found(given);
  const usual = await found(USUAL).catch(() => null);
  if (usual !== null) return usual;
  say(`No Cloudkeep at ${USUAL}: starting one for the demo, with a data folder of its own.`);
  if (mayBuild) await build(true);
  return found(await startServer(onEnd));
}

/**
 * @param {string} address
 * @returns {Promise<Found>}
 */
async function found(address) {
  if (!URL.canParse(address) || !/^https?:/.test(address))
    throw new DemoError(`CLOUDKEEP_URL is no address such as ${USUAL}.`);
  const url = new URL(address);
  const { createCloudkeep } = await import('#sdk');
  const { api } = createCloudkeep({ baseUrl: url.origin, retries: 0 });
  const { data } = await api.GET('/health').catch((error) => {
    if (error.name === 'ConnectionError') throw error;
    return { data: undefined };
  });
  if (typeof data?.version !== 'string' || !('components' in data))
    throw new DemoError(`What answers at ${url.origin} is no Cloudkeep.`);
  return { url, version: data.version };
}

/**
 * Not while a server runs from this folder, which needs its files.
 *
 * @param {boolean} mayBuild
 */
async function build(mayBuild) {
  if (!mayBuild) throw new DemoError('There is no build: npm run build makes one.');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const building = spawn(npm, ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
  const [code] = await once(building, 'exit');
  if (code !== 0) throw new DemoError('It does not build.');
}

/**
 * @param {(undo: () => Promise<void>) => void} onEnd
 * @returns {Promise<string>} its URL.
 */
async function startServer(onEnd) {
  if (!existsSync(MAIN)) throw new DemoError('There is no build to start: npm run build makes one.');
  const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-demo-'));
  // PostgreSQL, which does not run as root, has to reach into it.
  chmodSync(folder, 0o755);
  const env = Object.fromEntries(
    NEEDED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const server = spawn(process.execPath, ['--enable-source-maps', MAIN], {
    // Where no .env is read, and no Ctrl-C of ours is heard: it ends after the demo has tidied up.
    cwd: folder,
    detached: true,
    env: { ...env, HOST: '127.0.0.1', PORT: '0', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' },
  });
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  const exited = once(server, 'exit');
  onEnd(async () => {
    server.kill('SIGTERM');
    const impatience = setTimeout(kill, PATIENCE_MS);
    await exited;
    clearTimeout(impatience);
    rmSync(folder, { recursive: true, force: true });
  });
  const url = await bannerOf(server, exited);
  say(styled('dim', `Its data is in ${folder} and goes with it.`));
  return url;
}

/**
 * @param {import('node:child_process').ChildProcessWithoutNullStreams} server
 * @param {Promise<unknown>} exited
 * @returns {Promise<string>}
 */
function bannerOf(server, exited) {
  let output = '';
  return new Promise((resolve, reject) => {
    /** @param {string} text */
    const read = (text) => {
      output += text;
      const [, url] = /^ {2}URL +(\S+)$/m.exec(output) ?? [];
      if (url !== undefined) resolve(url);
    };
    for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', read);
    void exited.then(() =>
      reject(new DemoError(`The server did not start. ${output.trim().split('\n').at(-1)}`)),
    );
  });
}
