import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { resolved, type Schema as OpenSchema } from '../../architecture/openapi-reader.js';
import { fragment, hostileBody, hostileFragment, long, type Fragment } from './hostile.js';

export interface Schema extends OpenSchema {
  readonly example?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

/** Values of fields that a schema can not tell how to make; a field with none is left out. */
export type Known = Readonly<Record<string, readonly Fragment[]>>;

const YEAR_MS = 366 * 86_400_000;

/** Makes JSON of the schemas of a document: good, nearly good, or not at all. */
export class SchemaArbitrary {
  constructor(private readonly document: OpenAPIObject) {}

  /** As it should be. */
  valid(of: OpenSchema | undefined): fc.Arbitrary<Fragment> {
    const schema = (resolved(this.document, of) ?? {}) as Schema;
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.valid(choice)));
    if (schema.allOf !== undefined && schema.properties === undefined)
      return this.valid(merged(this.document, schema));
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.map(fragment));
    const types = ([] as string[]).concat((schema.type ?? 'object') as string | string[]);
    const made = fc.oneof(...types.map((type) => this.ofType(type, schema)));
    if (schema.example === undefined) return made;
    return fc.oneof(
      { weight: 2, arbitrary: fc.constant(fragment(schema.example)) },
      { weight: 3, arbitrary: made },
    );
  }

  /** What is just outside of what a schema allows, or of another type. */
  near(of: OpenSchema | undefined): fc.Arbitrary<Fragment> {
    const schema = (resolved(this.document, of) ?? {}) as Schema;
    const { minimum, maximum, minLength = 0, maxLength, maxItems } = schema;
    const bounds: Fragment[] = [
      ...(minimum === undefined ? [] : [minimum - 1, minimum, minimum + 0.5]).map(fragment),
      ...(maximum === undefined ? [] : [maximum, maximum + 1]).map(fragment),
      ...(minLength > 1 ? [fragment('x'.repeat(minLength - 1))] : []),
      ...(maxLength === undefined ? [] : [maxLength, maxLength + 1].map((length) => fragment(long(length)))),
      ...(maxItems === undefined ? [] : [`"{{list_${maxItems}}}"`]),
      ...(schema.enum ?? []).map((one) => fragment(String(one).toUpperCase())),
    ];
    const valid = this.valid(schema);
    return fc.oneof(
      ...(bounds.length === 0 ? [] : [{ weight: 3, arbitrary: fc.constantFrom(...bounds) }]),
      { weight: 1, arbitrary: valid.map((text) => `[${text}]`) },
      { weight: 1, arbitrary: valid.map((text) => fragment(text)) },
      { weight: 1, arbitrary: fc.constantFrom('null', '""', '0', 'true', '[]', '{}', '" "') },
    );
  }

  /** A body: its fields good, all but one, or whatever comes. */
  body(of: OpenSchema | undefined, known: Known): fc.Arbitrary<Fragment> {
    const schema = merged(this.document, resolved(this.document, of) ?? {});
    const good = this.fields(schema, known);
    const entries = Object.entries(schema.properties ?? {});
    if (entries.length === 0) return fc.oneof(this.valid(schema), hostileBody);
    const changed = (how: (field: OpenSchema) => fc.Arbitrary<Fragment>) =>
      fc
        .constantFrom(...entries)
        .chain(([name, field]) =>
          fc.tuple(good, how(field)).map(([fields, value]) => objectOf({ ...fields, [name]: value })),
        );
    return fc.oneof(
      { weight: 10, arbitrary: good.map(objectOf) },
      { weight: 4, arbitrary: changed((field) => this.near(field)) },
      { weight: 3, arbitrary: changed(() => hostileFragment) },
      { weight: 1, arbitrary: dropped(good) },
      { weight: 1, arbitrary: added(good) },
      { weight: 1, arbitrary: hostileBody },
    );
  }

  propertiesOf(of: OpenSchema | undefined): [string, OpenSchema][] {
    return Object.entries(
      merged(this.document, (resolved(this.document, of) ?? {}) as Schema).properties ?? {},
    );
  }

  /** Good values by name: all that are required, others now and then. */
  private fields(schema: Schema, known: Known): fc.Arbitrary<Record<string, Fragment>> {
    const model = Object.entries(schema.properties ?? {})
      .filter(([name]) => known[name]?.length !== 0)
      .map(([name, field]): [string, fc.Arbitrary<Fragment>] => [name, this.knownOr(known[name], field)]);
    const requiredKeys = model
      .map(([name]) => name)
      .filter((name) => schema.required?.includes(name) === true);
    return fc.record(Object.fromEntries(model), { requiredKeys, noNullPrototype: true });
  }

  private knownOr(known: readonly Fragment[] | undefined, schema: OpenSchema): fc.Arbitrary<Fragment> {
    if (known === undefined) return this.valid(schema);
    return fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: this.valid(schema) },
    );
  }

  private ofType(type: string, schema: Schema): fc.Arbitrary<Fragment> {
    switch (type) {
      case 'string':
        return textOf(schema).map(fragment);
      case 'integer':
        return fc.integer(bounded(schema)).map(fragment);
      case 'number':
        return fc.double({ ...bounded(schema), noNaN: true }).map(fragment);
      case 'boolean':
        return fc.constantFrom('true', 'false');
      case 'null':
        return fc.constant('null');
      case 'array': {
        const { minItems = 0, maxItems = 4 } = schema;
        const items = { minLength: minItems, maxLength: Math.min(maxItems, minItems + 3) };
        const item = this.valid(schema.items);
        return (schema.uniqueItems === true ? fc.uniqueArray(item, items) : fc.array(item, items)).map(
          (texts) => `[${texts.join()}]`,
        );
      }
      default:
        if (schema.properties !== undefined) return this.fields(schema, {}).map(objectOf);
        return fc
          .dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
          .map(fragment);
    }
  }
}

/** All that the parts of an `allOf` have. */
function merged(document: OpenAPIObject, schema: Schema): Schema {
  if (schema.allOf === undefined) return schema;
  const parts = schema.allOf.map((part) => merged(document, (resolved(document, part) ?? {}) as Schema));
  return {
    type: 'object',
    properties: Object.assign({}, ...parts.map(({ properties }) => properties ?? {})) as Schema['properties'],
    required: parts.flatMap(({ required }) => required ?? []),
  } as Schema;
}

const objectOf = (fields: Record<string, Fragment>): Fragment =>
  `{${Object.entries(fields)
    .map(([name, value]) => `${fragment(name)}:${value}`)
    .join()}}`;

const dropped = (good: fc.Arbitrary<Record<string, Fragment>>) =>
  fc.tuple(good, fc.nat()).map(([fields, at]) => {
    const names = Object.keys(fields);
    const gone = names[at % names.length];
    return objectOf(Object.fromEntries(Object.entries(fields).filter(([name]) => name !== gone)));
  });

const added = (good: fc.Arbitrary<Record<string, Fragment>>) =>
  fc
    .tuple(
      good,
      fc.constantFrom('role', 'scopes', 'organization_id', 'owner_id', '__proto__', 'constructor', '', '\0'),
    )
    .map(([fields, name]) =>
      objectOf(fields).replace(
        /\}$/,
        `${Object.keys(fields).length > 0 ? ',' : ''}${fragment(name)}:{"a":1}}`,
      ),
    );

function bounded({ type, minimum, maximum }: Schema): { min: number; max: number } {
  const largest = type === 'integer' ? 2 ** 31 - 1 : 1e6;
  return { min: minimum ?? -largest, max: maximum ?? largest };
}

function textOf({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (format === 'uuid') return fc.oneof(fc.uuid(), fc.constantFrom('{{user_id}}', '{{own_id}}'));
  if (format === 'email') return fc.constantFrom('{{new_email}}', '{{email}}');
  if (format === 'date-time')
    return fc
      .integer({ min: -2 * YEAR_MS, max: 2 * YEAR_MS })
      .map((ms) => new Date(1795219200000 + ms).toISOString());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(fits);
  const size = { minLength, maxLength: Math.min(maxLength, minLength + 40) };
  return fc.oneof(fc.string(size), fc.string({ ...size, unit: 'grapheme' }).filter(fits));
}
