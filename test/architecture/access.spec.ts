import { getMetadataStorage } from 'class-validator';
import { IdempotencyInterceptor } from '../../src/common/idempotency/idempotency.interceptor.js';
import { TestApp } from '../support/app.js';
import { propertiesOf, untypedPlaces } from './openapi-reader.js';
import { routeTable, servedRoutes, type Route } from './route-table.js';

/** Whoever adds a route here says why a stranger may call it. */
const PUBLIC: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/register': 'it makes the account that a credential would belong to',
  'POST /api/v1/auth/login': 'it gives the first credential',
  'POST /api/v1/auth/login/mfa': 'the token of a half-done sign-in in the body is the credential',
  'POST /api/v1/auth/login/passkey/options':
    'a challenge tells nothing; whose passkeys, only to who has the token',
  'POST /api/v1/auth/login/passkey': 'it gives the first credential; the passkey is the proof',
  'POST /api/v1/auth/refresh': 'the refresh token in the body is the credential',
  'POST /api/v1/auth/email/verify': 'the token in the body, sent to the address, is the proof',
  'POST /api/v1/auth/email/resend': 'it answers alike for everybody, and mails the address alone',
  'POST /api/v1/auth/password/forgot': 'it is for those who can not sign in, and mails the address alone',
  'POST /api/v1/auth/password/reset': 'the token in the body, sent to the address, is the proof',
  'POST /api/v1/auth/tokens/revoke':
    'whoever finds a leaked token may end it: the token in the body is the proof',
  'GET /api/v1/auth/providers': 'a sign-in page shows them before anybody has signed in',
  'GET /api/v1/auth/:provider': 'it begins the sign-in that gives the first credential',
  'GET /api/v1/auth/:provider/callback': 'the state and the cookie of the browser that began are the proof',
  'POST /api/v1/auth/exchange': 'the code in the body is the proof',
  'POST /api/v1/organizations/invitations/accept': 'the token in the body, sent by mail, is the credential',
  'GET /api/v1/files/shared/:link_id': 'the signature in the address is the proof',
  'PUT /api/v1/files/uploads/:id/content': 'the signature in the address is the proof',
  'OPTIONS /api/v1/files/tus': 'it tells what the protocol can do here, and no data',
  'GET /api/v1/audit/keys': 'public keys, for those who check a trail without the server',
  'GET /.well-known/jwks.json': 'public keys, for those who verify our tokens',
  'GET /health': 'probes carry no credential; it tells versions and states, no data',
  'GET /health/live': 'probes carry no credential',
  'GET /health/ready': 'probes carry no credential',
  'GET /metrics': 'scrapers send METRICS_TOKEN, which the service checks itself',
};

/** Served without a handler of ours, so past the guard: static pages that hold no data. */
const STATIC = /^GET \/((docs|console)(\/|$|,)|$)/;

/** Bodies that a handler reads itself, as they arrive. */
const STREAMED_TYPES = [
  'application/x-ndjson',
  'application/octet-stream',
  'application/offset+octet-stream',
];

/** A body that is no problem document although the status is one. */
const NOT_A_PROBLEM = ['GET /health 503: the full report, whose every component a dashboard wants'];

let app: TestApp;
let routes: Route[];
beforeAll(async () => {
  app = await TestApp.start();
  routes = routeTable(app.cloudkeep);
});
afterAll(() => app.stop());

const named = (some: readonly Route[]) => some.map(({ name }) => name).sort();
const isPublic = ({ access }: Route) => access === 'public';
const responsesOf = ({ operation }: Route) => Object.entries(operation?.responses ?? {});
const successesOf = (route: Route) => responsesOf(route).filter(([status]) => Number(status) < 400);

describe('access', () => {
  it('is declared by every handler there is', () => {
    expect(routes.length).toBeGreaterThan(20);
    expect(named(routes.filter(({ access }) => access === undefined))).toEqual([]);
  });

  it('is open to strangers on exactly the routes that have a reason', () => {
    expect(named(routes.filter(isPublic))).toEqual(Object.keys(PUBLIC).sort());
  });

  it('has no way around: nothing is served but the handlers, the API reference, the console and the way to it', () => {
    const known = new Set(named(routes));
    const others = servedRoutes(app.cloudkeep).filter((name) => !known.has(name) && !STATIC.test(name));
    expect(others).toEqual([]);
  });

  it.each(['/health', '/metrics', '/.well-known/jwks.json'])(
    'answers 404 to other verbs of %s',
    async (path) => {
      const answer = await app.anyone.delete(`/${path}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );
});

describe('the OpenAPI description', () => {
  it('has each handler, and nothing else', () => {
    const described = Object.values(app.cloudkeep.openApi.paths).flatMap((item) => Object.keys(item));
    expect(named(routes.filter(({ operation }) => operation === undefined))).toEqual([]);
    expect(described).toHaveLength(routes.length);
  });

  it('asks a credential where the guard does, and tells of 401 and 403', () => {
    const secured = routes.filter((route) => !isPublic(route));
    for (const { name, operation, access } of secured) {
      const { security } = operation ?? {};
      const byPersonOnly = typeof access === 'object' && access.by !== 'any';
      expect({ name, security }).toEqual({
        name,
        security: [{ bearer: [] }, ...(byPersonOnly ? [] : [{ apiKey: [] }]), { session: [] }],
      });
      expect([name, ...Object.keys(operation?.responses ?? {})]).toEqual(
        expect.arrayContaining(['401', '403']),
      );
    }
    expect(secured.length).toBeGreaterThan(10);
  });

  it('says outright that a public route asks none', () => {
    for (const { name, operation } of routes.filter(isPublic)) {
      expect({ name, security: operation?.security }).toEqual({ name, security: [] });
    }
  });

  it('gives each a summary, a tag and an id of its own', () => {
    const bare = routes.filter(
      ({ operation }) => !operation?.summary || !operation.operationId || operation.tags?.length !== 1,
    );
    expect(named(bare)).toEqual([]);
    expect(new Set(routes.map(({ operation }) => operation?.operationId)).size).toBe(routes.length);
  });

  it('tells what success brings: a body of a known shape, or nothing', () => {
    expect(named(routes.filter((route) => successesOf(route).length === 0))).toEqual([]);
    const untyped = routes.flatMap((route) =>
      successesOf(route).flatMap(([status, { content }]) => {
        const place = `${route.name} ${status}`;
        if (status === '204' || status.startsWith('3')) return content === undefined ? [] : [place];
        const schemas = Object.values(content ?? {}).map(({ schema }) => schema);
        return (schemas.length === 0 ? [undefined] : schemas).flatMap((schema) =>
          untypedPlaces(app.cloudkeep.openApi, schema, place),
        );
      }),
    );
    expect(untyped).toEqual([]);
  });

  it('documents every refusal as problem details', () => {
    const others = routes.flatMap((route) =>
      responsesOf(route)
        .filter(([status]) => Number(status) >= 400)
        .filter(([, { content }]) => {
          const [type, ...more] = Object.keys(content ?? {});
          const reference = content?.['application/problem+json']?.schema?.$ref;
          return type === undefined || more.length > 0 || reference !== '#/components/schemas/ProblemDto';
        })
        .map(([status]) => `${route.name} ${status}`),
    );
    expect(others).toEqual(NOT_A_PROBLEM.map((line) => line.split(':')[0]));
  });

  it.each([
    ['a body: 400, 413 and 415', ({ body }: Route) => body !== undefined, ['400', '413', '415']],
    ['a query: 400', ({ query }: Route) => query !== undefined, ['400']],
    ['an id: 404', ({ path }: Route) => path.includes('/:'), ['404']],
    ['a rate limit: 429', ({ isUnlimited }: Route) => !isUnlimited, ['429']],
  ])('tells of the refusals of a route with %s', (_, concerns, statuses) => {
    const concerned = routes.filter(concerns);
    const silent = concerned.filter(({ operation }) =>
      statuses.some((status) => operation?.responses[status] === undefined),
    );
    expect(concerned.length).toBeGreaterThan(0);
    expect(named(silent)).toEqual([]);
  });
});

describe('what a route takes', () => {
  it('has a type, down to every field', () => {
    const untyped = routes.flatMap(({ name, body, operation }) => {
      if (body === undefined) {
        const types = Object.keys(operation?.requestBody?.content ?? {});
        // Read by the handler itself, as it arrives.
        return types.every((type) => STREAMED_TYPES.includes(type))
          ? []
          : [`${name}: a body no handler reads`];
      }
      const schemas = Object.values(operation?.requestBody?.content ?? {}).map(({ schema }) => schema);
      return (schemas.length === 0 ? [undefined] : schemas).flatMap((schema) =>
        untypedPlaces(app.cloudkeep.openApi, schema, name),
      );
    });
    expect(untyped).toEqual([]);
    expect(routes.filter(({ body }) => body !== undefined).length).toBeGreaterThan(4);
  });

  it('is described exactly as it is validated: no field is hidden, none is refused', () => {
    for (const { name, body, query, isForm, operation } of routes) {
      const bodies = Object.values(operation?.requestBody?.content ?? {});
      const inBody = propertiesOf(app.cloudkeep.openApi, bodies[0]?.schema);
      const inQuery = (operation?.parameters ?? []).filter((parameter) => parameter.in === 'query');
      const taken = [...validatedFields(body), ...(isForm ? ['file'] : [])].sort();
      expect([name, inBody.sort()]).toEqual([name, taken]);
      expect([name, inQuery.map((parameter) => parameter.name).sort()]).toEqual([
        name,
        validatedFields(query),
      ]);
    }
  });
});

describe('what creates', () => {
  const creates = ({ name, operation }: Route) =>
    name.startsWith('POST ') && operation?.responses['201'] !== undefined;

  it('can be retried, and nothing else pays for it', () => {
    const creating = routes.filter(creates);
    expect(creating.length).toBeGreaterThan(0);
    for (const { name, interceptors } of creating)
      expect([name, interceptors.filter((one) => one === IdempotencyInterceptor)]).toEqual([
        name,
        [IdempotencyInterceptor],
      ]);
    const others = routes.filter((route) => !creates(route));
    expect(named(others.filter(({ interceptors }) => interceptors.includes(IdempotencyInterceptor)))).toEqual(
      [],
    );
  });

  it('tells a client so: the header, its problems, and how a replay is known', () => {
    for (const route of routes) {
      const { name, operation } = route;
      const isCreating = creates(route);
      const header = operation?.parameters?.find((one) => one.name === 'Idempotency-Key');
      expect([name, header?.in]).toEqual([name, isCreating ? 'header' : undefined]);
      if (!isCreating) continue;
      const { responses } = operation ?? { responses: {} };
      expect([name, ...Object.keys(responses)]).toEqual(expect.arrayContaining(['400', '409', '422']));
      expect(responses['201']).toHaveProperty(['headers', 'Idempotency-Replayed']);
    }
  });
});

function validatedFields(dto: Route['body']): string[] {
  if (dto === undefined) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, dto.name, false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))].sort();
}
