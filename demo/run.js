// @ts-check
// `npm run demo`: a spot machine is watched over, warned of, and evacuated. Needs no account of AWS.
import { randomBytes } from 'node:crypto';
import { Api, DemoError } from './api.js';
import { printDecision, printSavings } from './decision.js';
import { LiveLog } from './log.js';
import { heading, say, styled } from './print.js';
import { findServer } from './server.js';

/** The simulated market takes any key; this is the one of AWS's own examples. */
const MACHINE = {
  instance_id: 'i-0abcd1234ef567890',
  instance_type: 'm5.large',
  availability_zone: 'eu-west-1a',
  aws_region: 'eu-west-1',
  aws_access_key: 'AKIAIOSFODNN7EXAMPLE',
  aws_secret_key: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  ttl_minutes: 15,
};

/** @type {(() => Promise<unknown>)[]} */
const undoes = [];
/** @type {Promise<void> | null} */
let tidying = null;

/** Undoes what was begun, the last first; what can not be undone keeps nothing else from it. */
function tidy() {
  tidying ??= (async () => {
    for (const undo of undoes.reverse()) await undo().catch(() => undefined);
  })();
  return tidying;
}

for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.on(signal, () => {
    // Whoever insists need not wait.
    if (tidying !== null) process.exit(code);
    say(`\n${styled('yellow', 'Stopping.')}`);
    void tidy().then(() => process.exit(code));
  });
}

/** @param {Api} api */
async function register(api) {
  const name = `demo-${randomBytes(6).toString('hex')}`;
  const account = {
    email: `${name}@example.com`,
    username: name,
    password: randomBytes(18).toString('base64url'),
  };
  const { access_token } = await api.post('/auth/register', account);
  api.token = access_token;
  undoes.push(() => api.post('/auth/logout'));
  say(`Registered ${account.email}`);
}

/** @param {Api} api @returns {Promise<{ path: string, log: LiveLog }>} */
async function openSession(api) {
  const { id, expires_at } = await api.post('/sandbox/sessions', MACHINE);
  const path = `/sandbox/sessions/${id}`;
  undoes.push(() => api.delete(path));
  say(
    `Session ${id} over ${MACHINE.instance_id} (${MACHINE.instance_type} in ${MACHINE.availability_zone}), until ${expires_at}`,
  );
  const log = await LiveLog.follow(api, id);
  undoes.push(async () => log.close());
  return { path, log };
}

/** @param {Api} api */
async function tell(api) {
  const { path, log } = await openSession(api);
  /** @param {'single_instance' | 'cluster'} mode */
  const evaluate = async (mode) => {
    const evaluation = await api.post(`${path}/evaluate`, { mode });
    await log.reaches((await api.get(path)).last_log_seq);
    printDecision(evaluation);
    return evaluation;
  };
  heading('Is it safe where it is? (single_instance)');
  await evaluate('single_instance');
  heading('Where in the region would it be best? (cluster)');
  const { savings } = await evaluate('cluster');
  for (const signal of ['rebalance', 'termination']) {
    heading(`The cloud warns: ${signal}`);
    await api.post(`${path}/signals`, { signal });
    await evaluate('cluster');
  }
  heading('The end');
  printSavings(savings);
  await api.delete(path);
  await log.ends();
  say();
}

try {
  const mayBuild = process.argv.includes('--build');
  const { url, version } = await findServer({ mayBuild, onEnd: (undo) => undoes.push(undo) });
  heading(`Cloudkeep ${version} at ${url.origin}`);
  const api = new Api(url);
  await register(api);
  await tell(api);
} catch (error) {
  // Whatever fails while it stops, fails because it stops.
  if (tidying === null) {
    const words = error instanceof DemoError ? error.message : String(/** @type {Error} */ (error).stack);
    process.stderr.write(`${styled('red', words)}\n`);
    process.exitCode = 1;
  }
} finally {
  await tidy();
}
