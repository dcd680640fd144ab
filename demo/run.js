// @ts-check
// `npm run demo`: a spot machine is watched over, warned of, and evacuated. Needs no account of AWS.
import { randomBytes } from 'node:crypto';
import { printDecision, printSavings } from './decision.js';
import { wordsFor } from './errors.js';
import { LiveLog } from './log.js';
import { heading, say, styled } from './print.js';
import { addressAsked, findServer } from './server.js';

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

/** @param {import('#sdk').Cloudkeep<import('#sdk').TokenCredentials>} cloudkeep */
async function register({ api, credentials }) {
  const name = `demo-${randomBytes(6).toString('hex')}`;
  const account = {
    email: `${name}@example.com`,
    username: name,
    password: randomBytes(18).toString('base64url'),
  };
  const { data } = await api.POST('/api/v1/auth/register', { body: account });
  await credentials.accept(data);
  undoes.push(() => api.POST('/api/v1/auth/logout'));
  say(`Registered ${account.email}`);
}

/** @param {import('#sdk').Cloudkeep} cloudkeep */
async function openSession(cloudkeep) {
  const { api } = cloudkeep;
  const { data } = await api.POST('/api/v1/sandbox/sessions', { body: MACHINE });
  const at = { params: { path: { id: data.id } } };
  undoes.push(() => api.DELETE('/api/v1/sandbox/sessions/{id}', at));
  say(
    `Session ${data.id} over ${MACHINE.instance_id} (${MACHINE.instance_type} in ${MACHINE.availability_zone}), until ${data.expires_at}`,
  );
  const log = new LiveLog(cloudkeep, data.id);
  undoes.push(async () => log.close());
  return { at, log };
}

/** @param {import('#sdk').Cloudkeep} cloudkeep */
async function tell(cloudkeep) {
  const { api } = cloudkeep;
  const { at, log } = await openSession(cloudkeep);
  /** @param {'single_instance' | 'cluster'} mode */
  const evaluate = async (mode) => {
    const { data } = await api.POST('/api/v1/sandbox/sessions/{id}/evaluate', { ...at, body: { mode } });
    const { data: session } = await api.GET('/api/v1/sandbox/sessions/{id}', at);
    await log.reaches(session.last_log_seq);
    printDecision(data);
    return data;
  };
  heading('Is it safe where it is? (single_instance)');
  await evaluate('single_instance');
  heading('Where in the region would it be best? (cluster)');
  const { savings } = await evaluate('cluster');
  for (const signal of /** @type {const} */ (['rebalance', 'termination'])) {
    heading(`The cloud warns: ${signal}`);
    await api.POST('/api/v1/sandbox/sessions/{id}/signals', { ...at, body: { signal } });
    await evaluate('cluster');
  }
  heading('The end');
  printSavings(savings);
  await api.DELETE('/api/v1/sandbox/sessions/{id}', at);
  await log.ends();
  say();
}

try {
  const mayBuild = process.argv.includes('--build');
  const { url, version } = await findServer({ mayBuild, onEnd: (undo) => undoes.push(undo) });
  heading(`Cloudkeep ${version} at ${url.origin}`);
  const { createCloudkeep, tokens } = await import('#sdk');
  const cloudkeep = createCloudkeep({ baseUrl: url.origin, credentials: tokens(), retries: 0 });
  await register(cloudkeep);
  await tell(cloudkeep);
} catch (error) {
  // Whatever fails while it stops, fails because it stops.
  if (tidying === null) {
    process.stderr.write(`${styled('red', wordsFor(error, addressAsked()))}\n`);
    process.exitCode = 1;
  }
} finally {
  await tidy();
}
