import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
// @ts-expect-error -- a tool in plain JavaScript has no types.
import { generated } from '../../sdk/generator.js';
import { describeApi } from '../../src/describe.js';
import { TestApp } from '../support/app.js';
import { ACCEPTED } from '../support/openapi-accepted.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

let app: TestApp;
let document: Json;
beforeAll(async () => {
  app = await TestApp.start();
  document = JSON.parse(JSON.stringify(app.cloudkeep.openApi)) as Json;
});
afterAll(() => app.stop());

async function lint(source: Json): Promise<{ rule: string; at: string; message: string }[]> {
  const config = await createConfig({
    extends: ['recommended'],
    rules: { 'operation-4xx-problem-details-rfc7807': 'error' },
  });
  const problems = await lintFromString({
    source: JSON.stringify(source),
    absoluteRef: '/openapi.json',
    config,
  });
  return problems.map(({ ruleId, message, location }) => {
    const pointer = location[0]?.pointer ?? '';
    const path = /^#\/paths\/([^/]+)/.exec(pointer)?.[1]?.replaceAll('~1', '/');
    return { rule: ruleId, at: path ?? pointer, message };
  });
}

/** Every place that gives an example or a default, with the schema that it must satisfy. */
function examplesIn(value: Json, pointer = ''): { pointer: string; schema: string; example: Json }[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => examplesIn(item, `${pointer}/${index}`));
  const below = (entries: [string, Json][]) =>
    entries.flatMap(([key, item]) =>
      examplesIn(item, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    );
  // Here the keys are names of fields, or statuses, whatever they look like.
  if (/\/(properties|responses)$/.test(pointer)) return below(Object.entries(value));
  const { example, examples, default: fallback, schema, ...rest } = value;
  const own = [example, ...(Array.isArray(examples) ? examples : []), fallback]
    .filter((one) => one !== undefined)
    .map((one) => ({ pointer, schema: schema === undefined ? pointer : `${pointer}/schema`, example: one }));
  return [...own, ...below(Object.entries({ ...rest, ...(schema === undefined ? {} : { schema }) }))];
}

function wrongExamples(source: Json): string[] {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'api', ...(source as object) });
  return examplesIn(source).flatMap(({ pointer, schema, example }) => {
    const fragment = schema.split('/').map(encodeURIComponent).join('/');
    const validate: ValidateFunction = ajv.compile({ $ref: `api#${fragment}` });
    return validate(example)
      ? []
      : [`${pointer}: ${JSON.stringify(example)} ${ajv.errorsText(validate.errors)}`];
  });
}

/** Our document with one thing in it changed or, without a value, taken away. */
function faulty([...path]: readonly string[], value?: Json): Json {
  const copy = structuredClone(document);
  const last = path.pop() ?? '';
  const parent = path.reduce((node, key) => (node as Record<string, Json>)[key] ?? {}, copy);
  if (value === undefined) Reflect.deleteProperty(parent as object, last);
  else (parent as Record<string, Json>)[last] = value;
  return copy;
}

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 and complete in itself', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Cloudkeep', version: '0.0.0-test' } });
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(
      ([, target]) => target,
    );
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((target) => !target?.startsWith('#/components/schemas/'))).toEqual([]);
  });

  it('passes the linter but for what is accepted, with a reason', async () => {
    const problems = await lint(document);
    const accepted = ACCEPTED.map(({ rule, at }) => ({ rule, at, message: expect.any(String) as string }));
    expect(problems).toEqual(accepted);
  });

  it.each<{ rule: string; at: string[]; value?: Json }>([
    { rule: 'operation-summary', at: ['paths', '/health', 'get', 'summary'] },
    { rule: 'security-defined', at: ['paths', '/api/v1/auth/login', 'post', 'security'] },
    { rule: 'no-unresolved-refs', at: ['components', 'schemas', 'UserPageDto'] },
    {
      rule: 'operation-operationId-unique',
      at: ['paths', '/health/live', 'get', 'operationId'],
      value: 'Health_report',
    },
    { rule: 'struct', at: ['paths', '/metrics', 'get', 'responses'], value: 'many' },
  ])('would be told of $rule', async ({ rule, at, value }) => {
    expect((await lint(faulty(at, value))).map((problem) => problem.rule)).toContain(rule);
  });

  it('gives only examples and defaults that its own schemas admit', () => {
    expect(examplesIn(document).length).toBeGreaterThan(20);
    expect(wrongExamples(document)).toEqual([]);
  });

  it.each(['expires_in', 'user'])('would be told of a wrong example of %s', (field) => {
    const source = faulty(['components', 'schemas', 'TokensDto', 'properties', field, 'example'], 'soon');
    expect(wrongExamples(source)).toEqual([
      expect.stringContaining(`/TokensDto/properties/${field}: "soon"`),
    ]);
  });

  it('is served as JSON and as YAML, and given without a server', async () => {
    const json = await app.anyone.get('//docs/openapi.json');
    expect([json.status, json.body]).toEqual([200, document]);
    const yaml = await app.anyone.get('//docs/openapi.yaml');
    expect([yaml.status, parse(yaml.text)]).toEqual([200, document]);
    expect(JSON.parse(JSON.stringify(await describeApi('0.0.0-test')))).toEqual(document);
  });

  it('is what the SDK was made of: else npm run sdk:generate, and commit what it writes', async () => {
    const committed = (name: string) =>
      readFileSync(new URL(`../../sdk/src/${name}`, import.meta.url), 'utf8');
    const files = Object.entries(await generated(document));
    expect(files.filter(([name, text]) => text !== committed(name)).map(([name]) => name)).toEqual([]);
  });
});

/** What a page asks its browser to load, or to run where it stands. */
interface Load {
  readonly directive: 'script-src' | 'style-src' | 'img-src' | 'font-src';
  /** Null for what is written into the page. */
  readonly url: URL | null;
}

const attribute = (tag: string, name: string) => new RegExp(`\\s${name}=["']([^"']*)["']`).exec(tag)?.[1];

function loadsOf(html: string, page: URL): Load[] {
  const at = (path: string) => new URL(path, page);
  const scripts = html.match(/<script[^>]*>/g)?.map((tag) => attribute(tag, 'src')) ?? [];
  const links = html.match(/<link[^>]*>/g) ?? [];
  return [
    ...scripts.map((src): Load => ({ directive: 'script-src', url: src === undefined ? null : at(src) })),
    ...links.map((tag): Load => ({
      directive: attribute(tag, 'rel') === 'stylesheet' ? 'style-src' : 'img-src',
      url: at(attribute(tag, 'href') ?? ''),
    })),
    ...(html.match(/<img[^>]*>/g) ?? []).map((tag): Load => ({
      directive: 'img-src',
      url: at(attribute(tag, 'src') ?? ''),
    })),
    ...(html.match(/\son[a-z]+=["']/g) ?? []).map((): Load => ({ directive: 'script-src', url: null })),
    ...(html.match(/<style|\sstyle=/g) ?? []).map((): Load => ({ directive: 'style-src', url: null })),
  ];
}

/** Pictures and fonts of a style sheet. */
function loadsOfStyle(css: string, sheet: URL): Load[] {
  return [...css.matchAll(/url\(["']?([^"')]+)/g)].map(([, target = '']) => ({
    directive: /font|woff/.test(target) ? 'font-src' : 'img-src',
    url: new URL(target, sheet),
  }));
}

/** Whether the policy lets a page of its origin do it (CSP level 3, as far as we use it). */
function allows(policy: string, page: URL, { directive, url }: Load): boolean {
  const sources = new Map(
    policy.split(';').map((part) => [part.trim().split(' ')[0], part.trim().split(' ').slice(1)]),
  );
  const allowed = sources.get(directive) ?? sources.get('default-src') ?? ['*'];
  if (url === null) return allowed.includes("'unsafe-inline'");
  return (allowed.includes("'self'") && url.origin === page.origin) || allowed.includes(url.protocol);
}

describe('the API reference at /docs', () => {
  let page: URL;
  let html: string;
  let policy: string;
  beforeAll(async () => {
    const answer = await app.anyone.get('//docs');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    page = new URL('/docs', app.url);
    html = answer.text;
    policy = answer.headers['content-security-policy'] ?? '';
  });

  it('loads nothing that its content security policy would stop', async () => {
    const loads = loadsOf(html, page);
    const sheet = loads.find(({ directive }) => directive === 'style-src')?.url ?? page;
    const { text: css } = await app.anyone.get(`/${sheet.pathname}`);
    const all = [...loads, ...loadsOfStyle(css, sheet)];
    expect(new Set(all.map(({ directive }) => directive))).toEqual(
      new Set(['script-src', 'style-src', 'img-src']),
    );
    expect(all.filter((load) => !allows(policy, page, load))).toEqual([]);
  });

  it('finds each file it asks for, of the type it is used as', async () => {
    const types = {
      'script-src': /javascript/,
      'style-src': /^text\/css/,
      'img-src': /^image\//,
      'font-src': /^font\//,
    };
    for (const { directive, url } of loadsOf(html, page)) {
      if (url === null) continue;
      const { status, headers } = await app.anyone.get(`/${url.pathname}`);
      expect([url.pathname, status, headers['content-type']]).toEqual([
        url.pathname,
        200,
        expect.stringMatching(types[directive]),
      ]);
    }
  });

  it('would run no script that is not ours, wherever it came from', () => {
    const stopped = (sample: string) => loadsOf(sample, page).filter((load) => !allows(policy, page, load));
    for (const sample of [
      '<script>steal()</script>',
      '<script src="https://evil.example/x.js"></script>',
      '<img src="x" onerror="steal()">',
      '<img src="https://evil.example/?what">',
    ]) {
      expect([sample, stopped(sample).length]).toEqual([sample, 1]);
    }
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
    expect(policy).toMatch(/connect-src 'self'(;|$)/);
  });

  it('shows this very document', async () => {
    const { text } = await app.anyone.get('//docs/swagger-ui-init.js');
    const options = /let options = (\{[^]*?\n\});/.exec(text)?.[1] ?? '';
    expect(JSON.parse(options)).toMatchObject({ swaggerDoc: document });
  });
});
