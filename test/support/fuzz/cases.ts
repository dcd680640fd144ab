import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import type { Operation } from '../../architecture/openapi-reader.js';
import { bodyOf } from './bodies.js';
import { headersOf } from './headers.js';
import { GOOD } from './known.js';
import { paramsOf, queryOf, seldom } from './paths.js';
import { SchemaArbitrary } from './schema-arbitrary.js';

/** One request, as data: what is in braces twice is filled in when it is sent. */
export interface Case {
  /** `get /api/v1/files/{id}` */
  readonly route: string;
  /** A verb it is sent with instead of its own. */
  readonly verb?: string;
  readonly caller: string;
  /** As they stand in the path. */
  readonly params: Readonly<Record<string, string>>;
  /** As it stands after the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of characters up to 255 where it is bytes. */
  readonly body?: { readonly type: string; readonly text: string; readonly isBytes?: boolean };
}

/** An operation of the document, by the name cases have for it. */
export interface Target {
  readonly route: string;
  readonly operation: Operation;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options'];

export function targetsOf(document: OpenAPIObject): Target[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => ({
      route: `${method} ${path}`,
      operation: (item as Record<string, unknown>)[method] as Operation,
    })),
  );
}

/** Callers by how often they ask. */
const CALLERS: [string, number][] = [
  ['access token', 16],
  ['session cookie', 2],
  ['session cookie without its proof', 1],
  ['personal token', 2],
  ['read-only personal token', 1],
  ['API key as bearer', 2],
  ['API key in X-API-Key', 1],
  ['user', 2],
  ['none', 2],
  ['ended session', 1],
  ['revoked personal token', 1],
  ['expired', 1],
  ['mangled', 1],
];

/** Every request there could be of a route. */
export function casesOf(document: OpenAPIObject, { route, operation }: Target): fc.Arbitrary<Case> {
  const schemas = new SchemaArbitrary(document);
  const good = GOOD[route] ?? {};
  const callers = good.callers ?? CALLERS;
  return fc.record(
    {
      route: fc.constant(route),
      verb: seldom(fc.constantFrom('get', 'post', 'put', 'patch', 'delete', 'options', 'head'), undefined),
      caller: fc.oneof(...callers.map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) }))),
      params: paramsOf(operation, good),
      query: queryOf(schemas, operation, good),
      headers: headersOf(operation, good),
      ...bodyOf(schemas, operation, good),
    },
    { noNullPrototype: true },
  ) as fc.Arbitrary<Case>;
}
