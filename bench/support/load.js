// @ts-check
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from './connection.js';

const CONNECTIONS = 32;
const WARM_IN_MS = 300;

/**
 * @typedef {{ perSecond: number, cpuMicroseconds: number }} Measurement of requests or of MiB, and what one costs the server
 * @typedef {object} Load
 * @property {() => Buffer} next the request to send, asked once per request.
 * @property {number} seconds
 * @property {number} [connections]
 * @property {boolean} [spins] keeps this process awake between answers. A generator that
 *   sleeps charges its wake-ups to the server; one that shares its core with PostgreSQL must sleep.
 * @property {number} [status] the one right answer.
 */

/**
 * Keeps every connection busy: each answer is followed by the next request.
 *
 * @param {import('./processes.js').Server} server
 * @param {Load} load
 * @returns {Promise<Measurement>}
 */
export async function drive(
  server,
  { next, seconds, connections = CONNECTIONS, spins = true, status = 200 },
) {
  let answers = 0;
  let isRunning = true;
  const clients = Array.from({ length: connections }, () => {
    const client = new Connection(server.port, (answered) => {
      if (answered !== status) throw new Error(`Answered ${answered} instead of ${status}`);
      answers++;
      if (isRunning) client.send(next());
    });
    return client;
  });
  await Promise.all(clients.map((client) => client.opened()));
  const spin = () => void (isRunning && setImmediate(spin));
  if (spins) spin();
  for (const client of clients) client.send(next());
  await delay(WARM_IN_MS);
  const before = { answers, cpu: server.cpuSeconds, time: performance.now() };
  await delay(seconds * 1000);
  const elapsed = (performance.now() - before.time) / 1000;
  const counted = answers - before.answers;
  const cpu = server.cpuSeconds - before.cpu;
  isRunning = false;
  while (clients.some((client) => client.expectsAnswer)) await delay(5);
  for (const client of clients) client.close();
  return { perSecond: counted / elapsed, cpuMicroseconds: (cpu * 1e6) / counted };
}

/**
 * Sends requests at a fixed rate whatever the answers do, and times each from the
 * moment it was due, so that a server which stalls is charged for all it held up.
 *
 * @param {import('./processes.js').Server} server
 * @param {{ request: Buffer, perSecond: number, seconds: number }} load
 * @returns {Promise<number[]>} milliseconds
 */
export async function probe(server, { request, perSecond, seconds }) {
  /** @type {number[]} */
  const latencies = [];
  /** @type {Connection[]} */
  const idle = [];
  const connections = new Set();
  const startedAt = performance.now();
  for (let index = 0; index < perSecond * seconds; index++) {
    const dueAt = startedAt + (index * 1000) / perSecond;
    await delay(Math.max(0, dueAt - performance.now()));
    let client = idle.pop();
    if (client === undefined) {
      client = new Connection(server.port, () => undefined);
      connections.add(client);
      await client.opened();
    }
    const used = client;
    used.onAnswer = (status) => {
      if (status !== 200) throw new Error(`Answered ${status} to a probe`);
      latencies.push(performance.now() - dueAt);
      idle.push(used);
    };
    used.send(request);
  }
  while (idle.length < connections.size) await delay(5);
  for (const client of connections) client.close();
  return latencies;
}
