// @ts-check

/** What people do and what the network costs: nobody measured these for you. Each is an option of the command. */
export const ASSUMPTIONS = /** @type {const} */ ({
  activeShare: [0.5, 'of all users are active on a day'],
  requestsPerUser: [300, 'requests an active user makes on a day'],
  peakFactor: [5, 'times the mean of a day is what its busiest minute brings'],
  listShare: [0.25, 'of requests read a list of 50'],
  changeShare: [0.12, 'of requests change something, with its audit row'],
  uploadShare: [0.005, 'of requests bring a file'],
  linkShare: [0.05, 'of requests open a signed link'],
  fileMiB: [1, 'MiB a file has'],
  signInsPerUser: [1, 'sign-ins with a password an active user makes on a day'],
  signInPeakFactor: [20, 'times the mean of a day is what the busiest minute brings of them'],
  refreshesPerUser: [8, 'refreshes on a day: one for each half hour of use'],
  listenerShare: [0.01, 'of active users watch a sandbox at the peak'],
  linesPerSecond: [0.5, 'log lines each of them receives'],
  utilisation: [0.6, 'is how busy a station may be at the peak'],
  coresPerProcess: [2, 'cores a process has: one for its event loop, the others for hashing'],
  poolSize: [10, 'DATABASE_POOL_SIZE'],
  roundTripMs: [0.5, 'ms to PostgreSQL and back'],
  commitMs: [2, 'ms until a commit is on the disk, and on a synchronous standby'],
});

/** @typedef {Record<keyof typeof ASSUMPTIONS, number>} Assumptions */

/** @returns {Assumptions} */
export function defaults() {
  const entries = Object.entries(ASSUMPTIONS).map(([name, [value]]) => [name, value]);
  return /** @type {Assumptions} */ (Object.fromEntries(entries));
}
