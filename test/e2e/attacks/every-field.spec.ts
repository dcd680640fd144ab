import { TestApp } from '../../support/app.js';
import type { Answer } from '../../support/client.js';
import { PASSWORD, type SignedIn } from '../../support/factories/given.js';

/** A body field of a route, with a body that would otherwise be good. */
interface Target {
  readonly method: 'post' | 'put' | 'patch';
  readonly template: string;
  readonly field: string;
  readonly type: string;
  /** It takes any JSON, so only what no JSON of ours holds is hostile to it. */
  readonly isAnyJson: boolean;
  readonly body: Record<string, unknown>;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly example?: unknown;
  readonly oneOf?: readonly Schema[];
  readonly properties?: Record<string, Schema>;
}

const CHANGING = ['post', 'put', 'patch'] as const;

/** Good values where the example in the description is missing or would not do. */
const GOOD: Record<string, unknown> = {
  current_password: PASSWORD,
  new_password: 'quartz meadow 19 lantern',
};

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

const HOSTILE: [string, unknown][] = [
  ['an object', {}],
  ['a query operator', { $gt: '' }],
  ['an object that poses as text', { length: 8, toString: 'x', valueOf: 1 }],
  ['an empty list', []],
  ['a list of text', ['text']],
  ['a list of lists', [[['text']]]],
  ['zero', 0],
  ['a negative number', -1],
  ['a huge number', 1e308],
  ['more digits than a double has', 12345678901234567890n],
  ['NUL', 'abcdefgh\0ijklmnop'],
  ['a lone surrogate', 'abcdefgh\ud800ijklmnop'],
  ['half a pair the wrong way', '\udc00\ud800 abcdefghijk'],
  ['an object deep in itself', nested(40)],
  ['an object very deep in itself', nested(1000)],
  ['900 KB', 'x'.repeat(900_000)],
  ['nothing but an empty text', ''],
];

/** Hostile in any field there is, also in one of any JSON. */
const HOSTILE_EVERYWHERE = /NUL|surrogate|half a pair|deep|900 KB/;

/** What is good in some fields: settings of which none is given, a role that allows nothing, an empty file. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/organizations/current settings': ['an object'],
  '/api/v1/roles scopes': ['an empty list'],
  '/api/v1/files/uploads size': ['zero'],
  '/api/v1/files/uploads metadata': ['an object', 'a query operator', 'an object that poses as text'],
};

/** Every part of a pipeline has defaults, so it may be empty. */
const isDefaults = (template: string, kind: string) =>
  template === '/api/v1/lab/config/{instance_id}' && kind === 'an object';

let app: TestApp;
let targets: Target[];
beforeAll(async () => {
  app = await TestApp.start();
  targets = [...fieldsOfRoutes()];
});
afterAll(() => app.stop());

function schemaAt(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (app.cloudkeep.openApi.components?.schemas?.[name] as Schema);
}

function* fieldsOfRoutes(): Generator<Target> {
  for (const [template, item] of Object.entries(app.cloudkeep.openApi.paths)) {
    for (const method of CHANGING) {
      const content = item[method]?.requestBody as
        { content?: Record<string, { schema: Schema }> } | undefined;
      const json = content?.content?.['application/json'];
      if (json === undefined) continue;
      const fields = Object.entries(schemaAt(json.schema).properties ?? {});
      const body = Object.fromEntries(
        fields.map(([name, { example }]) => [name, GOOD[name] ?? example ?? 'x']),
      );
      for (const [field, { type = 'object', oneOf }] of fields)
        yield { method, template, field, type, isAnyJson: oneOf !== undefined, body };
    }
  }
}

/** JSON with big integers written out, and nothing else `JSON.stringify` would not do. */
function json(body: Record<string, unknown>): string {
  const text = (value: unknown) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value));
  return `{${Object.entries(body)
    .map(([name, value]) => `${JSON.stringify(name)}:${text(value)}`)
    .join(',')}}`;
}

function send({ method, template }: Target, as: SignedIn, body: string): Promise<Answer> {
  const path = template.replace('/api/v1', '').replaceAll(/\{\w+\}/g, as.id);
  return app.as(as).with({ 'content-type': 'application/json' }).send(method, path, body);
}

/** Everything callers could have changed, as one fingerprint a table. */
async function everything(): Promise<unknown> {
  const tables = ['organizations', 'users', 'roles', 'sessions', 'refresh_tokens', 'conversations'];
  const rows = await Promise.all(
    tables.map((table) =>
      app.database.query(
        `SELECT count(*), md5(string_agg(t::text, '' ORDER BY id))
         FROM (SELECT (to_jsonb(x) - 'last_seen_at')::text AS t, id FROM ${table} x) AS t`,
      ),
    ),
  );
  return Object.fromEntries(tables.map((table, index) => [table, rows[index]]));
}

function expectProblem(answer: Answer, told: object): void {
  const type = answer.headers['content-type'] ?? 'none';
  const isClientError = answer.status >= 400 && answer.status < 500;
  expect({ ...told, status: answer.status, isClientError, type }).toEqual({
    ...told,
    status: answer.status,
    isClientError: true,
    type: 'application/problem+json; charset=utf-8',
  });
  expect(answer.body).toMatchObject({ status: answer.status, request_id: answer.headers['x-request-id'] });
}

describe('any field of any route that changes something', () => {
  it('is one of those the description lists', () => {
    const routes = new Set(targets.map(({ method, template }) => `${method} ${template}`));
    expect(routes).toContain('post /api/v1/auth/register');
    expect(routes).toContain('patch /api/v1/users/{id}');
    expect(targets.length).toBeGreaterThan(12);
  });

  it.each(HOSTILE)('refuses %s, names it and changes nothing', async (kind, hostile) => {
    const admin = await app.given.signedIn({ role: 'admin' });
    await app.given.user({ role: 'admin' });
    const before = await everything();
    for (const target of targets) {
      const { field, template, body } = target;
      if (target.isAnyJson && !HOSTILE_EVERYWHERE.test(kind)) continue;
      if (HARMLESS[`${template} ${field}`]?.includes(kind) === true || isDefaults(template, kind)) continue;
      const answer = await send(target, admin, json({ ...body, [field]: hostile }));
      expectProblem(answer, { template, field, kind });
      if (template.endsWith('/refresh') || answer.body.code !== 'validation_failed') continue;
      const named = (answer.body.errors as { field: string }[]).map((error) => error.field.split('.')[0]);
      expect({ template, field, named }).toEqual({
        template,
        field,
        named: expect.arrayContaining([field]),
      });
    }
    expect(await everything()).toEqual(before);
  });

  it('refuses a word where true or false belongs', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    for (const target of targets.filter(({ type }) => type === 'boolean'))
      for (const value of ['true', 'yes', 1, 'false', null])
        expectProblem(await send(target, admin, json({ ...target.body, [target.field]: value })), { value });
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the name %s, wherever it is', async (name) => {
    const admin = await app.given.signedIn({ role: 'admin' });
    for (const target of targets) {
      const inside = `{"${target.field}":{"${name}":{"role":"admin"}}}`;
      const beside = json(target.body).replace(/\}$/, `,"${name}":{"role":"admin","isAdmin":true}}`);
      for (const body of [inside, beside]) {
        const answer = await send(target, admin, body);
        expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      }
    }
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });
});
