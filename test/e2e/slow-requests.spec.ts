import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';
import { formOf } from '../support/files.js';
import { sendRaw } from '../support/raw.js';
import { storeOf, traces } from '../support/store-files.js';
import { eventually } from '../support/eventually.js';

const IDLE_MS = 1_000;

let app: TestApp;
let user: SignedIn;
beforeAll(async () => {
  app = await TestApp.start({ env: { REQUEST_IDLE_SECONDS: String(IDLE_MS / 1000) } });
  user = await app.given.signedIn();
});
afterAll(() => app.stop());

interface Sent {
  readonly sending: ClientRequest;
  readonly answer: Promise<IncomingMessage>;
  readonly closed: Promise<unknown>;
}

/** A request whose body is sent as the test likes. */
function begin(method: string, path: string, headers: Record<string, string | number>): Sent {
  const sending = request(`${app.url}/api/v1${path}`, {
    method,
    headers: { ...headers, connection: 'keep-alive' },
    agent: false,
  });
  sending.on('error', () => undefined).flushHeaders();
  const answer = once(sending, 'response').then(([response]) => response as IncomingMessage);
  const closed = once(sending, 'socket').then(([socket]) => once(socket as NodeJS.EventEmitter, 'close'));
  return { sending, answer, closed };
}

const { type, body } = formOf([{ name: 'file', value: Buffer.alloc(400_000, 'x'), fileName: 'a.txt' }]);

function beginUpload(token = user.token): Sent {
  const headers = { 'content-type': type, 'content-length': body.length, authorization: `Bearer ${token}` };
  return begin('POST', '/files', headers);
}

async function trickle({ sending, closed }: Sent, from: number): Promise<void> {
  const ended = closed.then(() => true);
  for (let at = from; ; at++) {
    sending.write(body.subarray(at, at + 1));
    if (await Promise.race([ended, delay(50, false)])) return;
  }
}

const REFUSED = { status: 408, code: 'request_timeout' };

describe('an upload', () => {
  it('that goes on takes as long as it takes', async () => {
    const { sending, answer } = beginUpload();
    const started = performance.now();
    for (let at = 0; at < body.length; at += 16_000) {
      sending.write(body.subarray(at, at + 16_000));
      await delay(100);
    }
    sending.end();
    expect((await answer).statusCode).toBe(201);
    expect(performance.now() - started).toBeGreaterThan(2 * IDLE_MS);
    // Node's own limit of five minutes would cut it then.
    expect(app.cloudkeep.nest.getHttpServer().requestTimeout).toBe(0);
  });

  it.each(['stops', 'trickles'])('that %s is told so, and leaves nothing', async (how) => {
    const before = await traces(app);
    const sent = beginUpload();
    sent.sending.write(body.subarray(0, 300_000));
    await eventually(async () => expect(await traces(app)).not.toEqual(before), { within: 5_000 });
    if (how === 'trickles') void trickle(sent, 300_000);
    expect(await json(await sent.answer)).toMatchObject(REFUSED);
    await sent.closed;
    await eventually(async () => expect(await traces(app)).toEqual(before), { within: 5_000 });
  });

  it('is not blamed for a store that is slow to take it', async () => {
    const store = storeOf(app);
    const set = store.setMultipart.bind(store);
    store.setMultipart = async (...written) => {
      await delay(2.5 * IDLE_MS);
      return set(...written);
    };
    try {
      const { sending, answer } = beginUpload();
      sending.end(body);
      expect((await answer).statusCode).toBe(201);
    } finally {
      store.setMultipart = set;
    }
  });

  it('that is refused can not keep its connection by trickling on', async () => {
    const sent = beginUpload('nonsense');
    const answer = await sent.answer;
    expect([answer.statusCode, await text(answer)]).toEqual([401, expect.anything()]);
    await trickle(sent, 0);
  });
});

it('a JSON body that stops is given up, also where nobody is signed in', async () => {
  const headers = { 'content-type': 'application/json', 'content-length': 100 };
  const { sending, answer, closed } = begin('POST', '/auth/login', headers);
  sending.write('{"login":');
  const response = await answer;
  expect(response.headers).toMatchObject({
    connection: 'close',
    'content-type': expect.stringContaining('application/problem+json'),
  });
  expect(await json(response)).toMatchObject({ ...REFUSED, request_id: response.headers['x-request-id'] });
  await closed;
});

it('headers that do not come to an end are given up', async () => {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.write('GET /health HTTP/1.1\r\nHost: x\r\nX-A: ');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

it('a body that ends early, by half-close or by cut, is no fault of the server, which lives', async () => {
  const post = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  for (const begun of [
    `${post}Content-Length: 500\r\n\r\n{"email":"a@example.com","pass`,
    `${post}Transfer-Encoding: chunked\r\n\r\n10\r\n{"email":"a`,
  ])
    for (const cut of [false, true])
      expect(await sendRaw(app.url, begun, { cut })).toMatch(/^(HTTP\/1\.1 400 |$)/);
  await eventually(
    async () => expect((await app.anyone.get('//metrics')).text).not.toMatch(/status="5\d\d"/),
    { within: 1_000 },
  );
});

describe('whoever asks for a protocol that is not spoken here', () => {
  it.each([
    ['h2c', 'GET', '/health/live', '', 200, 'alive'],
    [
      'h2c',
      'POST',
      '/api/v1/auth/login',
      '{"email":"a@example.com","password":"wrong"}',
      401,
      'invalid_credentials',
    ],
    ['websocket', 'DELETE', '/api/v1/files/uploads/x', '', 401, 'credential_missing'],
    ['websocket', 'GET', '/api/v1/ws', '', 404, 'not_found'],
  ])('by %s, is answered as any other: %s %s', async (upgrade, method, path, body, status, said) => {
    const headers = {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade,
      'http2-settings': 'AAMAAABkAAQAAP__',
      ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
    };
    const call = request(`${app.url}${path}`, { method, headers }).end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    expect([answer.statusCode, await text(answer)]).toEqual([status, expect.stringContaining(said)]);
  });
});
