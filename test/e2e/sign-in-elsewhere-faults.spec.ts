import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Elsewhere, errorOf, somebody } from '../support/elsewhere.js';
import { CLIENT } from '../support/oidc-issuer.js';

/** Longer than anybody is to wait. */
const PATIENCE_MS = 5_000;

const open = new Set<Socket>();
let silent: Server;
let broken: HttpServer;
let silentUrl: string;
let brokenUrl: string;
let elsewhere: Elsewhere;
/** What the broken server answers to whatever is asked. */
let answer: { status: number; headers?: Record<string, string>; body?: string } = { status: 500 };
let askedAt: string[] = [];

const urlOf = (server: Server | HttpServer) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const listening = (server: Server | HttpServer) =>
  new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  silent = createServer((socket) => open.add(socket));
  broken = createHttpServer((request, response) => {
    askedAt.push(request.url ?? '');
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await Promise.all([listening(silent), listening(broken)]);
  silentUrl = urlOf(silent);
  brokenUrl = urlOf(broken);
  elsewhere = await Elsewhere.start({
    GOOGLE_TOKEN_URL: `${silentUrl}/token`,
    GITHUB_TOKEN_URL: `${brokenUrl}/token`,
    ...issuer('SILENT', silentUrl),
    ...issuer('BROKEN', brokenUrl),
    ...issuer('GONE', 'http://127.0.0.1:1'),
  });
});
afterAll(async () => {
  await elsewhere.stop();
  for (const socket of open) socket.destroy();
  silent.close();
  broken.close();
});

function issuer(name: string, url: string): Record<string, string> {
  return {
    [`OIDC_${name}_ISSUER`]: url,
    [`OIDC_${name}_CLIENT_ID`]: CLIENT.id,
    [`OIDC_${name}_CLIENT_SECRET`]: CLIENT.secret,
  };
}

async function timed<T>(work: Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work;
  expect(performance.now() - begun).toBeLessThan(PATIENCE_MS);
  return result;
}

describe('a provider', () => {
  const unavailable = { status: 502, body: { code: 'provider_unavailable' } };

  it('that is down is told of at once', async () => {
    expect(await timed(elsewhere.app.anyone.get('/auth/gone'))).toMatchObject(unavailable);
  });

  it('that takes the call and says nothing is given up', async () => {
    expect(await timed(elsewhere.app.anyone.get('/auth/silent'))).toMatchObject(unavailable);
  });

  it('that says nothing on the way back is given up, and the browser sent on', async () => {
    elsewhere.seat(somebody());
    const browser = elsewhere.browser();
    const callback = await elsewhere.callbackOf('google', browser);
    expect(errorOf(await timed(browser.open(callback.href)))).toBe('provider_unavailable');
  });

  it('that fails is no fault of ours', async () => {
    answer = { status: 503, body: 'later' };
    expect(await elsewhere.app.anyone.get('/auth/broken')).toMatchObject(unavailable);
    elsewhere.seat(somebody());
    expect(errorOf(await elsewhere.go('github'))).toBe('provider_unavailable');
  });

  it.each([
    ['nonsense', '<html>'],
    ['null', 'null'],
    ['no token', '{}'],
    ['a token that is none', '{"access_token": {"a": 1}}'],
  ])('that answers %s proves nobody', async (_, body) => {
    answer = { status: 200, headers: { 'content-type': 'application/json' }, body };
    elsewhere.seat(somebody());
    expect(errorOf(await elsewhere.go('github'))).toBe('provider_answer_refused');
    expect((await elsewhere.app.anyone.get('/auth/broken')).body.code).toBe('provider_answer_refused');
  });

  it('that answers without end is cut off', async () => {
    answer = { status: 200, body: 'x'.repeat(2_000_000) };
    expect(await elsewhere.app.anyone.get('/auth/broken')).toMatchObject(unavailable);
  });

  it('that sends us elsewhere is not followed', async () => {
    answer = { status: 302, headers: { location: `${brokenUrl}/metadata` } };
    askedAt = [];
    elsewhere.seat(somebody());
    expect(errorOf(await elsewhere.go('github'))).toBe('provider_answer_refused');
    expect((await elsewhere.app.anyone.get('/auth/broken')).status).toBe(502);
    expect(askedAt).toEqual(['/token', '/.well-known/openid-configuration']);
  });

  it('that was down is asked anew', async () => {
    answer = { status: 500 };
    expect((await elsewhere.app.anyone.get('/auth/broken')).status).toBe(502);
    const metadata = {
      issuer: brokenUrl,
      authorization_endpoint: `${brokenUrl}/authorize`,
      token_endpoint: `${brokenUrl}/token`,
      jwks_uri: `${brokenUrl}/jwks`,
    };
    answer = { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(metadata) };
    const { status, headers } = await elsewhere.app.anyone.get('/auth/broken');
    expect([status, headers.location]).toEqual([302, expect.stringContaining(`${brokenUrl}/authorize?`)]);
  });

  it('leaves the others as they are', async () => {
    expect((await elsewhere.signIn('acme', somebody())).id).toMatch(/^[0-9a-f-]{36}$/);
    expect((await elsewhere.app.anyone.get('/auth/providers')).body.items).toHaveLength(7);
  });
});
