import type { OpenAPIObject } from '@nestjs/swagger';

/** As much of JSON Schema as our document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** The operations of the document under Nest's names for them: `GET /users/:id`. */
export function operationsOf(document: OpenAPIObject): Map<string, Operation> {
  return new Map(
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => [
        `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        operation as Operation,
      ]),
    ),
  );
}

/** Follows `#/components/schemas/…`. */
export function resolved(document: OpenAPIObject, schema: Schema | undefined): Schema | undefined {
  const name = schema?.$ref?.replace('#/components/schemas/', '');
  if (name === undefined) return schema;
  return document.components?.schemas?.[name];
}

/** The names of what an object of this schema may have. */
export function propertiesOf(document: OpenAPIObject, schema: Schema | undefined): string[] {
  const known = resolved(document, schema);
  const parts = (known?.allOf ?? []).flatMap((part) => propertiesOf(document, part));
  return [...Object.keys(known?.properties ?? {}), ...parts];
}

/**
 * The places below a schema that say nothing of what belongs there: what a client
 * generated from the document would type as `unknown`.
 */
export function untypedPlaces(document: OpenAPIObject, schema: Schema | undefined, place: string): string[] {
  const known = resolved(document, schema);
  if (known === undefined) return [place];
  const choices = known.oneOf ?? known.anyOf ?? known.allOf;
  if (choices !== undefined) return choices.flatMap((choice) => untypedPlaces(document, choice, place));
  if (known.type === undefined && known.enum === undefined) return [place];
  if (known.type === 'array') return untypedPlaces(document, known.items, `${place}[]`);
  if (known.type !== 'object') return [];
  const properties = Object.entries(known.properties ?? {});
  // An object of any shape is a decision, and says so.
  if (properties.length === 0) return known.additionalProperties === undefined ? [place] : [];
  return properties.flatMap(([name, property]) => untypedPlaces(document, property, `${place}.${name}`));
}
