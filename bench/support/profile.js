// @ts-check
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const IDLE = '(idle)';
const COLLECTOR = 'garbage collector';
const REST = 'everything else';

/**
 * Whose a frame is. The first that fits; a frame that none fits, such as of an event emitter,
 * belongs to whoever called it.
 *
 * @type {readonly (readonly [layer: string, frames: RegExp])[]}
 */
const LAYERS = [
  [COLLECTOR, /^\(garbage collector\)/],
  ['the profiler', /node:inspector|sides\/profiled/],
  ['log line', /node_modules\/(pino|sonic-boom)\/|http\/log-|node_modules\/pino-std/],
  ['measurement', /node_modules\/prom-client|http\/(request-metrics|traffic)\.js/],
  [
    'setting headers',
    /^(setHeader|appendHeader|getHeader|removeHeader) node:_http_outgoing|^(header|get) node_modules\/express\/lib\/response/,
  ],
  ['JSON of the answer', /^stringify /],
  ['our first middleware', /http\/(edge\.middleware|client-ip|lifecycle|body-watch|request-spans)\.js/],
  ['our body middleware', /http\/body\.middleware\.js/],
  ['access guard', /common\/(access|cache)\//],
  ['rate limiter', /common\/rate-limits\//],
  ['validation pipe', /http\/validation\.pipe\.js|nestjs\/common\/pipes|nestjs\/core\/pipes/],
  ['route handler', /dist\/src\/modules\//],
  ['request context', /nestjs-cls|node:internal\/async_(local_storage|context_frame)|tenant-context/],
  ['NestJS', /node_modules\/(@nestjs|rxjs)\//],
  [
    'Express, answering',
    /node_modules\/express\/lib\/(response|utils)|node_modules\/(content-type|etag|fresh|send)\//,
  ],
  ['Express, routing', /node_modules\/(express|router|path-to-regexp|parseurl|finalhandler)\//],
  ['the listener of sockets', /node_modules\/(engine\.io|socket\.io)\//],
  ['node:http, requests', /node:_http_(server|common|incoming)|node:internal\/http/],
  ['node:http, answers', /node:_http_outgoing/],
  ['streams and the socket', /node:(net|stream)|node:internal\/(streams|stream_base_commons)/],
  ['outside JavaScript', /^\(program\)/],
];

/**
 * @typedef {{ functionName: string, url: string, lineNumber: number }} Frame
 * @typedef {{ id: number, callFrame: Frame, children?: number[] }} ProfileNode
 * @typedef {{ nodes: ProfileNode[], samples: number[], timeDeltas: number[] }} Profile
 */

/**
 * Profiles a server that runs as `sides/profiled.js` while the work is done.
 *
 * @param {import('./processes.js').Server} server
 * @param {string} file where the profile is kept; Chrome's DevTools and speedscope read it.
 * @param {() => Promise<unknown>} work
 * @returns {Promise<Profile>}
 */
export async function profiled(server, file, work) {
  rmSync(file, { force: true });
  process.kill(server.pid, 'SIGUSR2');
  await work();
  process.kill(server.pid, 'SIGUSR2');
  while (!existsSync(file)) await delay(20);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * @param {Profile} profile
 * @returns {{ layers: Map<string, number>, stacks: Map<string, number> }} the share of the busy time of each
 *   layer, by what stood on top of the stack, and the microseconds of each stack, as `flamegraph.pl` wants it.
 */
export function folded({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  /** @type {Map<number, number>} */
  const own = new Map();
  samples.forEach((id, i) => own.set(id, (own.get(id) ?? 0) + (timeDeltas[i] ?? 0)));
  /** @type {Map<string, number>} */
  const layers = new Map();
  /** @type {Map<string, number>} */
  const stacks = new Map();
  let busy = 0;
  for (const [id, microseconds] of own) {
    const frames = [];
    for (let at = byId.get(id); at !== undefined; at = byId.get(parents.get(at.id) ?? -1))
      frames.push(nameOf(at.callFrame));
    const layer = layerOf(frames);
    if (frames[0] === IDLE || layer === 'the profiler') continue;
    busy += microseconds;
    layers.set(layer, (layers.get(layer) ?? 0) + microseconds);
    const stack = frames.reverse().join(';');
    stacks.set(stack, (stacks.get(stack) ?? 0) + microseconds);
  }
  return { layers: new Map([...layers].map(([name, time]) => [name, time / busy])), stacks };
}

/** @param {readonly string[]} frames the innermost first @returns {string} */
function layerOf(frames) {
  for (const frame of frames) {
    const [layer] = LAYERS.find(([, pattern]) => pattern.test(frame)) ?? [];
    if (layer !== undefined) return layer;
  }
  return REST;
}

/** @param {Frame} frame @returns {string} */
function nameOf({ functionName, url, lineNumber }) {
  const path = url.replace('file://', '').replace(PROJECT, '');
  const name = functionName === '' ? 'anonymous' : functionName;
  return path === '' ? name : `${name} ${path}:${lineNumber + 1}`;
}

/**
 * @param {string} file
 * @param {Map<string, number>} stacks
 */
export function writeStacks(file, stacks) {
  const lines = [...stacks].map(([stack, microseconds]) => `${stack} ${microseconds}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
}
