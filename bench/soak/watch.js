// @ts-check
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, getRequest } from '../support/requests.js';
import { meanOf, slopeOf } from '../support/statistics.js';

const SAMPLE_EVERY_MS = 1_000;
/** A sample of a sawtooth says little; the means of this many pieces are told apart from noise. */
const PIECES = 20;
const MIB = 1024 * 1024;

/** What the server tells of itself, by the name of the metric. */
const METRICS = {
  event_loop_p50_ms: 'nodejs_eventloop_lag_p50_seconds',
  event_loop_p99_ms: 'nodejs_eventloop_lag_p99_seconds',
  event_loop_max_ms: 'nodejs_eventloop_lag_max_seconds',
  handles: 'nodejs_active_handles_total',
  descriptors: 'process_open_fds',
};

/** Looks at a server's memory each second, and each minute at all else it tells. */
export class Watch {
  /** @type {{ minutes: number, mib: number }[]} */
  #memory = [];
  /** @type {Record<string, number>[]} */
  minutes = [];
  #startedAt = performance.now();

  /** @param {import('../support/processes.js').Server} server */
  constructor(server) {
    this.server = server;
    this.cpu = server.cpuSeconds;
    this.timer = setInterval(() => this.#look(), SAMPLE_EVERY_MS);
  }

  get elapsedMinutes() {
    return (performance.now() - this.#startedAt) / 60_000;
  }

  /** Of one core, since the start. */
  get cores() {
    return (this.server.cpuSeconds - this.cpu) / (this.elapsedMinutes * 60);
  }

  /** Tells of now. @param {number} requests so far */
  async minute(requests) {
    const text = await ask(this.server, getRequest('/metrics'));
    const told = Object.entries(METRICS).map(([name, metric]) => {
      const value = Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
      return [name, name.endsWith('_ms') ? Math.round(value * 1e5) / 100 : value];
    });
    const row = {
      minute: Math.round(this.elapsedMinutes * 100) / 100,
      requests,
      rss_mib: Math.round(this.server.residentMiB),
      ...Object.fromEntries(told),
      sockets: socketsOf(this.server.pid),
    };
    this.minutes.push(row);
    return row;
  }

  /** @param {number} after minutes: what was before is warm-up. */
  growth(after) {
    const steady = this.#memory.filter(({ minutes }) => minutes >= after);
    const each = Math.max(1, Math.floor(steady.length / PIECES));
    const pieces = Array.from({ length: Math.floor(steady.length / each) }, (_, index) =>
      steady.slice(index * each, (index + 1) * each),
    );
    return slopeOf(
      pieces.map((piece) => ({
        x: meanOf(piece.map(({ minutes }) => minutes)) / 60,
        y: meanOf(piece.map(({ mib }) => mib)),
      })),
    );
  }

  stop() {
    clearInterval(this.timer);
  }

  #look() {
    this.#memory.push({ minutes: this.elapsedMinutes, mib: this.server.residentMiB });
  }
}

/**
 * @param {import('../support/processes.js').Server} server that runs as `sides/soaked.js`
 * @param {string} file its `HEAP_FILE`
 * @returns {Promise<{ heap_mib: number, outside_mib: number }>} what is in use once all garbage is collected.
 */
export async function heapOf(server, file) {
  rmSync(file, { force: true });
  process.kill(server.pid, 'SIGUSR2');
  while (!existsSync(file)) await delay(20);
  const { heapUsed, external } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    heap_mib: Math.round((heapUsed / MIB) * 10) / 10,
    outside_mib: Math.round((external / MIB) * 10) / 10,
  };
}

/** @param {number} pid @returns {number} open ones, also to the database. */
function socketsOf(pid) {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => isSocket(`${folder}/${fd}`)).length;
}

/** @param {string} path of a descriptor, which may be closed meanwhile */
function isSocket(path) {
  try {
    return readlinkSync(path).startsWith('socket:');
  } catch {
    return false;
  }
}
