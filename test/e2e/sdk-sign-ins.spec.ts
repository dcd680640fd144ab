import {
  bearer,
  cookieSession,
  createCloudkeep,
  memoryTokenStore,
  tokens,
  type Fetch,
  type ProblemError,
} from '../../sdk/src/index.js';
import { TestApp } from '../support/app.js';
import { PASSWORD } from '../support/factories/given.js';
import { FaultyProxy } from '../support/faulty-proxy.js';

const HALF_AN_HOUR = 1_801;

let app: TestApp;
let proxy: FaultyProxy;
beforeAll(async () => {
  app = await TestApp.start();
  proxy = await FaultyProxy.before(app.url);
});
afterEach(() => proxy.heal());
afterAll(async () => {
  await proxy.stop();
  await app.stop();
});

/** What a page of its own origin does with cookies, and paths of all requests sent. */
function watching() {
  const sent: string[] = [];
  const cookies = new Map<string, string>();
  const fetch: Fetch = async (request) => {
    sent.push(`${request.method} ${new URL(request.url).pathname}`);
    if (cookies.size > 0)
      request.headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
    const response = await globalThis.fetch(request);
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const refreshes = () => sent.filter((line) => line.endsWith('/refresh')).length;
  return { fetch, sent, cookies, refreshes };
}

/** A tab: a client of its own, over a store that it may share. */
function tab(store = memoryTokenStore()) {
  const watch = watching();
  const signedOut: ProblemError[] = [];
  const credentials = tokens({ store, onSignedOut: (reason) => signedOut.push(reason) });
  const { api } = createCloudkeep({ baseUrl: proxy.url, credentials, fetch: watch.fetch });
  const profile = () => api.GET('/api/v1/auth/profile').then(({ data }) => data.email);
  return { ...watch, api, credentials, signedOut, profile };
}

/** Signed in half an hour ago: the access token has expired by the clock of the wall, which the client does not know. */
async function signedIn(at = tab()) {
  const { email } = await app.given.user();
  app.clock.advance(-HALF_AN_HOUR);
  const login = at.api.POST('/api/v1/auth/login', { body: { email, password: PASSWORD } });
  const { data } = await login.finally(() => app.clock.advance(HALF_AN_HOUR));
  if (!('access_token' in data)) throw new Error('A second factor was asked for.');
  await at.credentials.accept(data);
  /** As time would do it. */
  const expire = async () => {
    const pair = await at.credentials.current();
    await at.credentials.accept({ ...data, ...pair, access_token: data.access_token });
  };
  const renew = (expires_in: number) => at.credentials.accept({ ...data, expires_in });
  return { ...at, email, expire, renew };
}

const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => (error as Partial<ProblemError>).code,
  );

describe('a sign-in by tokens', () => {
  it('is used by the calls that follow, and renewed once for all that find it expired', async () => {
    const me = await signedIn();
    const emails = await Promise.all(Array.from({ length: 20 }, () => me.profile()));
    expect(new Set(emails)).toEqual(new Set([me.email]));
    expect(me.refreshes()).toBe(1);
    me.sent.length = 0;
    expect(await me.profile()).toBe(me.email);
    expect(me.sent).toEqual(['GET /api/v1/auth/profile']);
    expect(me.signedOut).toEqual([]);
  });

  it('is renewed before it ends, so that no call is refused for it', async () => {
    const me = await signedIn();
    await me.renew(10);
    me.sent.length = 0;
    await Promise.all([me.profile(), me.profile()]);
    expect(me.sent).toEqual(['POST /api/v1/auth/refresh', ...Array(2).fill('GET /api/v1/auth/profile')]);
  });

  it('of two tabs stays that of both, however often either renews it', async () => {
    const store = memoryTokenStore();
    const one = await signedIn(tab(store));
    const other = tab(store);
    for (let round = 0; round < 3; round += 1) {
      await one.expire();
      const emails = await Promise.all([one, other, one, other].map((each) => each.profile()));
      expect(new Set(emails)).toEqual(new Set([one.email]));
    }
    expect(one.refreshes() + other.refreshes()).toBe(3);
    expect([...one.signedOut, ...other.signedOut]).toEqual([]);
  });

  it('of two tabs that can not lock each other out goes on with what the faster has kept', async () => {
    const shared = memoryTokenStore();
    const one = await signedIn(tab(shared));
    // Without a lock in common: another store over the same pair.
    const other = tab({ get: () => shared.get(), set: (pair) => shared.set(pair) });
    const emails = await Promise.all([one.profile(), other.profile(), one.profile(), other.profile()]);
    expect(new Set(emails)).toEqual(new Set([one.email]));
    await one.expire();
    expect(await Promise.all([one.profile(), other.profile()])).toEqual([one.email, one.email]);
    expect([...one.signedOut, ...other.signedOut]).toEqual([]);
  });

  it('outlives a renewal whose answer was lost', async () => {
    const me = await signedIn();
    proxy.fail({ kind: 'cut-answer', after: 5 }, 1, ({ url }) => url?.endsWith('/refresh') === true);
    expect(await me.profile()).toBe(me.email);
    expect(me.refreshes()).toBe(2);
  });

  it('is kept when no renewal gets through', async () => {
    const me = await signedIn();
    proxy.fail({ kind: 'refuse', status: 500 }, 1, ({ url }) => url?.endsWith('/refresh') === true);
    expect(await problemOf(me.profile())).toBe('http_500');
    expect(await me.profile()).toBe(me.email);
  });

  it('is not put back by a renewal that was under way when somebody else signed in', async () => {
    const [me, next] = [await signedIn(), await app.given.signedIn()];
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const asked = new Promise<void>((resolve) =>
      me.credentials.attach(async () => {
        resolve();
        await answered;
        return { access_token: 'mine', refresh_token: 'mine', expires_at: Date.now() + 1_800_000 };
      }),
    );
    const renewing = me.credentials.renew(null);
    await asked;
    const { token: access_token, refreshToken: refresh_token, email } = next;
    const accepting = me.credentials.accept({ access_token, refresh_token, expires_in: 1800 });
    answer();
    await Promise.all([renewing, accepting]);
    expect(await me.profile()).toBe(email);
  });

  it('that was ended elsewhere is forgotten, and whoever listens is told why', async () => {
    const me = await signedIn();
    await me.api.POST('/api/v1/auth/logout');
    me.sent.length = 0;
    expect(await problemOf(me.profile())).toBe('credential_revoked');
    expect(me.signedOut.map(({ code }) => code)).toEqual(['invalid_refresh_token']);
    expect(await me.credentials.current()).toBeNull();
    expect(await problemOf(me.profile())).toBe('credential_missing');
    expect(me.refreshes()).toBe(1);
  });

  it('is not renewed because a password was wrong', async () => {
    const me = await signedIn();
    const body = { email: me.email, password: 'not the password at all' };
    expect(await problemOf(me.api.POST('/api/v1/auth/login', { body }))).toBe('invalid_credentials');
    expect(me.refreshes()).toBe(0);
  });
});

describe('a token or key', () => {
  it('is sent as it is, and refused for good', async () => {
    const owner = await app.given.signedIn();
    const { id, token } = await app.given.personalToken(owner, ['profile:read']);
    const { api } = createCloudkeep({ baseUrl: app.url, credentials: bearer(() => Promise.resolve(token)) });
    expect((await api.GET('/api/v1/auth/verify')).data.credential).toBe('pat');
    await app.as(owner).delete(`/auth/tokens/${id}`);
    expect(await problemOf(api.GET('/api/v1/auth/verify'))).toBe('credential_revoked');
  });
});

describe('a session by cookie', () => {
  function page(readsCookies: boolean) {
    const watch = watching();
    const readCookies = () => [...watch.cookies].map((pair) => pair.join('=')).join('; ');
    const credentials = cookieSession(readsCookies ? { readCookies } : { cookies: 'include' });
    return { ...watch, ...createCloudkeep({ baseUrl: app.url, credentials, fetch: watch.fetch }) };
  }

  async function login({ api, credentials }: ReturnType<typeof page>) {
    const { email } = await app.given.user();
    const params = { query: { session: 'cookie' } } as const;
    const { data } = await api.POST('/api/v1/auth/login', { params, body: { email, password: PASSWORD } });
    if (!('csrf_token' in data)) throw new Error('No cookie was set.');
    return () => credentials.accept(data);
  }

  it('proves with what only its own pages read that they ask', async () => {
    const mine = page(true);
    await login(mine);
    const { data } = await mine.api.PATCH('/api/v1/auth/profile', { body: { full_name: 'Ada' } });
    expect(data.full_name).toBe('Ada');
    mine.cookies.delete('cloudkeep_csrf');
    const call = mine.api.PATCH('/api/v1/auth/profile', { body: { full_name: 'Eve' } });
    expect(await problemOf(call)).toBe('csrf_proof_missing');
  });

  it('proves it with the cookie of https where one of plain http is left', async () => {
    const headers = new Headers();
    const readCookies = () => 'cloudkeep_csrf=old; __Host-cloudkeep_csrf=new';
    await cookieSession({ readCookies }).authorize(headers, 'POST');
    expect(headers.get('x-csrf-token')).toBe('new');
  });

  it('on another origin proves it with what the sign-in answered', async () => {
    const mine = page(false);
    const accept = await login(mine);
    const rename = () => mine.api.PATCH('/api/v1/auth/profile', { body: { full_name: 'Ada' } });
    expect(await problemOf(rename())).toBe('csrf_proof_missing');
    accept();
    expect((await rename()).data.full_name).toBe('Ada');
    expect(await problemOf(mine.api.POST('/api/v1/auth/logout'))).toBeNull();
    expect(await problemOf(rename())).toMatch(/^credential_/);
  });
});
