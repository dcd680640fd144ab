// @ts-check
// Waiting time of one station. Refuses nothing: a station that is asked for more than it can do has an endless queue.

/**
 * The share of arrivals that find every server busy (Erlang C; A. K. Erlang 1917), by the recursion of Erlang B.
 *
 * @param {number} servers
 * @param {number} offered load in Erlang: arrivals a second times seconds of service
 * @returns {number} 0 to 1
 */
export function erlangC(servers, offered) {
  if (offered >= servers) return 1;
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (offered * blocked) / (n + offered * blocked);
  return blocked / (1 - (offered / servers) * (1 - blocked));
}

/**
 * @typedef {object} Station
 * @property {number} perSecond arrivals, as a Poisson process
 * @property {number} seconds of service, in the mean
 * @property {number} servers
 * @property {number} [variation] squared coefficient of variation of the service: 1 exponential, 0 always alike
 *
 * @typedef {object} Wait
 * @property {number} utilisation 0 to 1; above, the queue grows for as long as it goes on
 * @property {number} mean seconds in the queue
 * @property {number} p99 seconds in the queue
 */

/**
 * M/G/c by Allen and Cunneen: the mean wait of M/M/c times (1 + variation) / 2, which is exact for one server
 * (Pollaczek and Khinchine) and for exponential service. Its tail is taken as exponential, as that of M/M/c is.
 *
 * @param {Station} station
 * @returns {Wait}
 */
export function wait({ perSecond, seconds, servers, variation = 1 }) {
  const offered = perSecond * seconds;
  const utilisation = offered / servers;
  if (utilisation >= 1) return { utilisation, mean: Infinity, p99: Infinity };
  const busy = erlangC(servers, offered);
  const whileBusy = ((seconds / (servers - offered)) * (1 + variation)) / 2;
  return { utilisation, mean: busy * whileBusy, p99: whileBusy * Math.max(0, Math.log(busy / 0.01)) };
}

/**
 * @param {readonly { readonly share: number, readonly seconds: number }[]} kinds of work, each of exponential length
 * @returns {{ seconds: number, variation: number }} of what arrives in those shares
 */
export function mixture(kinds) {
  const all = kinds.reduce((sum, { share }) => sum + share, 0);
  const mean = kinds.reduce((sum, { share, seconds }) => sum + share * seconds, 0) / all;
  const square = kinds.reduce((sum, { share, seconds }) => sum + share * 2 * seconds ** 2, 0) / all;
  return { seconds: mean, variation: square / mean ** 2 - 1 };
}
