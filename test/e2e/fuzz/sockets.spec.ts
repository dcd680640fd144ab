import fc from 'fast-check';
import { TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factories/given.js';
import { Campaign } from '../../support/fuzz/campaign.js';
import { fragment, hostileFragment, hostileText, type Fragment } from '../../support/fuzz/hostile.js';
import { filledJson } from '../../support/fuzz/resolver.js';
import { Dashboard, opened } from '../../support/sandbox.js';

/** The suite says the same each time, `npm run fuzz` something else for longer; half of it by each of the two. */
const { FUZZ_SECONDS, FUZZ_SEED } = process.env;
const seconds = Number(FUZZ_SECONDS ?? 20) / 2;
const RUNS = {
  seed: Number(FUZZ_SEED ?? 7),
  numRuns: FUZZ_SECONDS === undefined ? 150 : 1_000_000,
  interruptAfterTimeLimit: seconds * 1000,
  /** Of one socket with all it says. */
  timeout: 20_000,
};
/** A socket may say twenty things at once. */
const MOST_WORDS = 15;

let app: TestApp;
let user: SignedIn;
let session: string;
beforeAll(async () => {
  app = await TestApp.start();
  user = await app.given.signedIn();
  session = await opened(app.as(user));
});
afterAll(() => app.stop());

const known = (name: string): Promise<unknown> =>
  Promise.resolve({ token: user.token, session }[name] ?? name);
const valueOf = async (text: Fragment): Promise<unknown> => JSON.parse(await filledJson(text, known));

const id: fc.Arbitrary<Fragment> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('"{{session}}"') },
  { weight: 1, arbitrary: hostileFragment },
);
const seq = fc.oneof(fc.integer().map(fragment), fc.double().map(fragment), hostileFragment);
const subscription = fc
  .tuple(id, seq, fc.option(hostileFragment))
  .map(
    ([whose, last, more]) =>
      `{"session_id":${whose},"last_seq":${last}${more === null ? '' : `,"more":${more}`}}`,
  );
const token = fc.oneof(
  { weight: 6, arbitrary: fc.constant('"{{token}}"') },
  { weight: 1, arbitrary: hostileFragment },
);
const handshake = fc
  .tuple(token, id, fc.option(seq))
  .map(
    ([who, whose, last]) =>
      `{"token":${who},"session_id":${whose}${last === null ? '' : `,"last_seq":${last}`}}`,
  );
/** What socket.io keeps for itself, a client refuses to say. */
const RESERVED = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'];
const eventName = fc.oneof(
  { weight: 6, arbitrary: fc.constant('subscribe') },
  { weight: 1, arbitrary: fc.constantFrom('ping', 'join', 'log', '__proto__', 'constructor', 'error') },
  { weight: 1, arbitrary: hostileText.filter((text) => !RESERVED.includes(text)) },
);
const said = fc.tuple(eventName, fc.array(fc.oneof(subscription, hostileFragment), { maxLength: 3 }));
/** Packets of engine.io and socket.io, good ones and cut ones, of which the server reads text. */
const packet = fc.oneof(
  hostileText,
  fc
    .tuple(fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '9'), hostileFragment)
    .map(([type, text]) => `${type}/sandbox,${text}`),
  fc
    .tuple(fc.nat(20), subscription, fc.nat(40))
    .map(([ack, text, cut]) => `2/sandbox,${ack}["subscribe",${text}]`.slice(0, -cut || undefined)),
  fc.nat(9).map((count) => `5${count}-/sandbox,["subscribe",{"_placeholder":true,"num":${count}}]`),
);

/** Let in, refused or cut off. */
async function opening(auth: object): Promise<Dashboard> {
  const dashboard = Dashboard.open(app, auth);
  await new Promise((resolve) => {
    for (const name of ['connect', 'connect_error', 'disconnect'] as const)
      dashboard.socket.once(name, resolve);
  });
  return dashboard;
}

const ended = ({ socket }: Dashboard) =>
  new Promise<'ended'>((resolve) => {
    if (socket.connected) socket.once('disconnect', () => resolve('ended'));
    else resolve('ended');
  });

/** The answer, unless the server ends the connection first. */
const ask = (dashboard: Dashboard, name: string, ...payload: unknown[]): Promise<unknown> =>
  Promise.race([dashboard.socket.emitWithAck(name, ...payload), ended(dashboard)]);

const REFUSED = {
  code: expect.stringMatching(/^[a-z_]+$/),
  title: expect.any(String),
  detail: expect.any(String),
};

function expectRefusal(problem: unknown): void {
  expect(problem).toMatchObject(REFUSED);
  const { status } = problem as { status: number };
  expect([status >= 400 && status < 500, problem]).toEqual([true, problem]);
}

function expectAnswer(name: string, answer: unknown): void {
  if (answer === 'ended' || (name === 'ping' && answer === 'pong')) return;
  const { error } = answer as { error?: unknown };
  if (error !== undefined) expectRefusal(error);
  else expect(answer).toEqual({ session_id: session, last_seq: expect.any(Number) });
}

/** What has to hold whatever a socket says: others are served, and nothing fails that nobody looks at. */
async function soundly(work: () => Promise<void>): Promise<void> {
  const campaign = new Campaign(app);
  await campaign.watched(work);
  expect(campaign.unhandled).toEqual([]);
  expect([Object.keys(Object.prototype), Object.keys(Array.prototype)]).toEqual([[], []]);
  const other = await opening({ token: user.token, session_id: session });
  expect(await other.ask('ping')).toBe('pong');
  other.close();
}

const PATIENCE_MS = (seconds + 60) * 1000;

it(
  'a socket is let in or told why not, and each thing it says is answered',
  async () => {
    let answers = 0;
    await soundly(() =>
      fc.assert(
        fc.asyncProperty(handshake, fc.array(said, { maxLength: MOST_WORDS }), async (auth, words) => {
          const dashboard = await opening((await valueOf(auth)) as object);
          if (dashboard.refusal?.data !== undefined) expectRefusal(dashboard.refusal.data);
          for (const [name, texts] of words) {
            if (!dashboard.socket.connected) break;
            const payload = await Promise.all(texts.map(valueOf));
            const event = (await valueOf(fragment(name))) as string;
            expectAnswer(event, await ask(dashboard, event, ...payload));
            answers++;
          }
          dashboard.close();
        }),
        RUNS,
      ),
    );
    expect(answers).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

it(
  'packets that are none end their own connection at most',
  async () => {
    await soundly(() =>
      fc.assert(
        fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: MOST_WORDS }), async (packets) => {
          const dashboard = await opening({ token: user.token, session_id: session });
          for (const one of packets) {
            const text = await filledJson(one, known);
            dashboard.socket.io.engine.send(text);
          }
          expect(['pong', 'ended']).toContain(await ask(dashboard, 'ping'));
          dashboard.close();
        }),
        RUNS,
      ),
    );
  },
  PATIENCE_MS,
);
