import type { TestApp } from '../app.js';
import type { FuzzCaller, FuzzCallers } from './callers.js';
import type { Case } from './cases.js';
import { fragment, standing } from './hostile.js';
import { LIVE } from './live-values.js';

/** A case with everything in its place: as it goes out. */
export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | undefined;
}

/** Node itself refuses a head of more than 16 KiB. */
const LONGEST_IN_HEAD = 5_000;
const PLACES = /\{\{(\w+)\}\}/g;

/** Fills in what a case leaves open. */
export async function resolvedCase(app: TestApp, callers: FuzzCallers, one: Case): Promise<Outgoing> {
  const caller = await callers.named(one.caller);
  const values = valuesFor(app, caller, one.route);
  const [method = '', template = ''] = one.route.split(' ');
  let path = template;
  for (const [name, text] of Object.entries(one.params))
    path = path.replace(`{${name}}`, await filled(text, values, encodeURIComponent));
  const query = await filled(one.query, values, (text) => text);
  const headers: Record<string, string> = { ...caller.headers };
  for (const [name, text] of Object.entries(one.headers))
    headers[name] = await filled(text, values, (it) => it);
  if (one.body !== undefined) headers['content-type'] ??= one.body.type;
  return {
    method: (one.verb ?? method).toUpperCase(),
    path: query === '' ? path : `${path}?${query}`,
    headers,
    body: await bytesOf(one.body, values),
  };
}

type Values = (name: string) => Promise<unknown>;

function valuesFor(app: TestApp, caller: FuzzCaller, route: string): Values {
  const made = new Map<string, Promise<unknown>>();
  const value: Values = (name) => {
    const kept = made.get(name);
    if (kept !== undefined) return kept;
    const making = make(name);
    made.set(name, making);
    return making;
  };
  const make = async (name: string): Promise<unknown> => {
    const ready = standing(name);
    if (ready !== null) return JSON.parse(ready) as unknown;
    const maker = LIVE[name];
    if (maker !== undefined) return maker({ app, caller, route, value });
    const param = /^path_(\w+)$/.exec(name)?.[1];
    if (param === undefined) return `{{${name}}}`;
    return ((await value('path')) as Record<string, string>)[param];
  };
  return value;
}

async function filled(text: string, values: Values, encode: (value: string) => string): Promise<string> {
  const found = new Map<string, string>();
  for (const [, name = ''] of text.matchAll(PLACES))
    found.set(name, encode(String(await values(name))).slice(0, LONGEST_IN_HEAD));
  return text.replaceAll(PLACES, (_, name: string) => found.get(name) ?? '');
}

async function bytesOf(body: Case['body'], values: Values): Promise<Buffer | undefined> {
  if (body === undefined) return undefined;
  if (body.isBytes === true) return Buffer.from(await filled(body.text, values, (text) => text), 'latin1');
  return Buffer.from(await filledJson(body.text, values));
}

/** A text that is one place only becomes whatever JSON belongs there. */
export async function filledJson(text: string, values: Values): Promise<string> {
  const names = new Set([...text.matchAll(PLACES)].map(([, name]) => name ?? ''));
  const found = new Map<string, string>();
  for (const name of names) found.set(name, standing(name) ?? fragment(await values(name)));
  return text
    .replaceAll(/"\{\{(\w+)\}\}"/g, (_, name: string) => found.get(name) ?? '')
    .replaceAll(PLACES, (_, name: string) =>
      (found.get(name) ?? '').replace(/^"(.*)"$/s, '$1').slice(0, 100_000),
    );
}
