import { mustHold, NotTried } from './attack.js';
import type { Answer, Call } from './http.js';
import type { Target } from './target.js';

/** Nobody's: who asks for it finds nothing. */
export const NOWHERE = '01900000-0000-7000-8000-00000000dead';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Described {
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Field {
  readonly example: unknown;
  /** Whether it takes nothing but text, a number, true or false. */
  readonly isPlain: boolean;
}

/** A call that a server says it takes. */
export interface Operation {
  /** `PATCH /files/{id}` */
  readonly name: string;
  readonly method: string;
  /** Below `/api/v1`. */
  readonly path: string;
  readonly isPublic: boolean;
  /** Of its JSON body; null where it takes none. */
  readonly fields: Readonly<Record<string, Field>> | null;
}

const PLAIN = new Set(['string', 'integer', 'number', 'boolean']);
const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);
const BASE = '/api/v1';

/** What a server serves, by its own description: what it learns to do tomorrow is in it by itself. @throws NotTried */
export async function operationsOf(target: Target): Promise<Operation[]> {
  const { status, body } = await target.call('GET', '//docs/openapi.json');
  mustHold(status === 200, 'its description (/docs/openapi.json) can not be read');
  const document = body as Document;
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith(`${BASE}/`))
    .flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([method]) => METHODS.has(method))
        .map(([method, described]) => operation(document, path.slice(BASE.length), method, described)),
    );
}

/** The path, its parameters filled in order; what is left over leads nowhere. */
function pathOf({ path }: Operation, ...values: readonly string[]): string {
  const left = [...values];
  return path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(left.shift() ?? NOWHERE));
}

/** A body as the description shows one. */
export function exampleOf({ fields }: Operation): Record<string, unknown> | undefined {
  if (fields === null) return undefined;
  const examples = Object.entries(fields).map(([name, { example }]) => [name, example] as const);
  return Object.fromEntries(examples.filter(([, example]) => example !== undefined));
}

/** Asks a route; null where its limit lets nobody ask again soon. */
export async function asked(
  target: Target,
  operation: Operation,
  call: Call,
  ...values: readonly string[]
): Promise<Answer | null> {
  try {
    return await target.call(operation.method, pathOf(operation, ...values), call);
  } catch (error) {
    if (error instanceof NotTried) return null;
    throw error;
  }
}

function operation(document: Document, path: string, method: string, described: Described): Operation {
  const json = described.requestBody?.content['application/json']?.schema;
  const properties = json === undefined ? undefined : schemaAt(document, json).properties;
  return {
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    isPublic: (described.security ?? []).length === 0,
    fields: properties === undefined ? null : fieldsOf(properties),
  };
}

function fieldsOf(properties: Readonly<Record<string, Schema>>): Readonly<Record<string, Field>> {
  const fields = Object.entries(properties).map(([name, { example, type = '' }]) => {
    return [name, { example, isPlain: PLAIN.has(type) }] as const;
  });
  return Object.fromEntries(fields);
}

function schemaAt({ components }: Document, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (components.schemas[name] ?? {});
}
