import type { OpenAPIObject } from '@nestjs/swagger';
import pLimit from 'p-limit';
import { resolved } from '../../architecture/openapi-reader.js';
import type { Route } from '../../architecture/route-table.js';
import type { Answer, ApiClient } from '../client.js';

type Method = Parameters<ApiClient['send']>[0];

const AT_ONCE = 16;

/** A call of a route: one, or one of each verb where a route takes any. */
export interface Call {
  readonly name: string;
  readonly method: string;
  readonly route: Route;
}

export function callsOf(route: Route): Call[] {
  const [verb = '', path = ''] = route.name.split(' ');
  const methods = verb === 'ALL' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] : [verb];
  return methods.map((method) => ({ name: `${method} ${path}`, method, route }));
}

/** `:id` and the like. */
export function paramsOf(path: string): string[] {
  return [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => name ?? '');
}

export function pathOf({ route }: Call, params: Readonly<Record<string, string>>): string {
  return `/${route.path.replaceAll(/[:*](\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? 'none'))}`;
}

export function takesBody({ route }: Call): boolean {
  return route.operation?.requestBody !== undefined;
}

export function send(client: ApiClient, call: Call, path: string, body?: unknown): Promise<Answer> {
  return client.send(call.method.toLowerCase() as Method, path, body);
}

/** A body made of the examples in our own description. */
export function exampleBody(document: OpenAPIObject, call: Call): object | undefined {
  const schema = call.route.operation?.requestBody?.content['application/json']?.schema;
  const properties = Object.entries(resolved(document, schema)?.properties ?? {});
  if (schema === undefined) return undefined;
  return Object.fromEntries(
    properties.flatMap(([name, property]) => ('example' in property ? [[name, property.example]] : [])),
  );
}

/** All at work, some at a time. */
export function eachOf<Input, Result>(
  inputs: readonly Input[],
  work: (input: Input) => Promise<Result>,
): Promise<Result[]> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(inputs.map((input) => limit(() => work(input))));
}
