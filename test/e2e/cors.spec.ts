import { TestApp } from '../support/app.js';

const CONSOLE = 'https://console.example.com';
const EVIL = 'https://evil.example';

async function withOrigins(origins: string | null, story: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await TestApp.start({ env: origins === null ? {} : { CORS_ORIGINS: origins } });
  await story(app).finally(() => app.stop());
}

/** What a browser would make of a call from another origin. */
async function allowed(app: TestApp, origin: string, method: 'GET' | 'OPTIONS' = 'GET') {
  const response = await fetch(`${app.url}/api/v1/auth/login`, {
    method,
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-csrf-token',
    },
  });
  return {
    status: response.status,
    origin: response.headers.get('access-control-allow-origin'),
    credentials: response.headers.get('access-control-allow-credentials'),
    methods: response.headers.get('access-control-allow-methods'),
    headers: response.headers.get('access-control-allow-headers'),
    exposed: response.headers.get('access-control-expose-headers'),
    vary: response.headers.get('vary') ?? '',
  };
}

it('by default no other origin may read anything', async () => {
  await withOrigins(null, async (app) => {
    for (const method of ['GET', 'OPTIONS'] as const)
      expect(await allowed(app, CONSOLE, method)).toMatchObject({ origin: null, credentials: null });
  });
});

it('listed origins may, with credentials; all others may not', async () => {
  await withOrigins(`${CONSOLE},http://localhost:5173`, async (app) => {
    const preflight = await allowed(app, CONSOLE, 'OPTIONS');
    expect(preflight).toMatchObject({
      status: 204,
      origin: CONSOLE,
      credentials: 'true',
      headers: 'x-csrf-token',
    });
    expect(preflight.methods).toContain('PATCH');
    const call = await allowed(app, CONSOLE);
    expect(call).toMatchObject({ origin: CONSOLE, credentials: 'true' });
    expect(call.vary).toContain('Origin');
    expect(call.exposed).toContain('X-Request-Id');
    expect((await allowed(app, 'http://localhost:5173')).origin).toBe('http://localhost:5173');
    const lookalikes = [
      EVIL,
      `${CONSOLE}.evil.example`,
      'http://console.example.com',
      `${CONSOLE}:8443`,
      'null',
    ];
    for (const origin of lookalikes)
      for (const method of ['GET', 'OPTIONS'] as const)
        expect({ asked: origin, ...(await allowed(app, origin, method)) }).toMatchObject({
          asked: origin,
          origin: null,
          vary: expect.stringContaining('Origin'),
        });
  });
});

it('where all origins may, none may with credentials', async () => {
  await withOrigins('*', async (app) => {
    for (const method of ['GET', 'OPTIONS'] as const)
      expect(await allowed(app, EVIL, method)).toMatchObject({ origin: '*', credentials: null });
  });
});
