import { parse } from 'node:querystring';
import type { Type } from '@nestjs/common';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { AppError } from '../../../src/common/errors/app-error.js';
import { textFaults } from '../../../src/common/http/text-faults.js';
import { validationPipe } from '../../../src/common/http/validation.pipe.js';
import type { Schema } from '../../architecture/openapi-reader.js';
import { routeTable, type Route } from '../../architecture/route-table.js';
import { TestApp } from '../../support/app.js';
import { queryOf } from '../../support/fuzz/paths.js';
import { KNOWN_FIELDS } from '../../support/fuzz/known.js';
import { filledJson } from '../../support/fuzz/resolver.js';
import { SchemaArbitrary } from '../../support/fuzz/schema-arbitrary.js';

/** The suite tries the same each time; `npm run fuzz` something else. */
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 7) });
const RUNS = { numRuns: 25 };
/** However the rest of the machine is busy. */
const LONGEST_MS = 2_000;

interface Dto {
  readonly name: string;
  readonly Class: Type;
  readonly route: Route;
}

const pipe = validationPipe();
let app: TestApp;
let routes: Route[];
let schemas: SchemaArbitrary;
let ajv: Ajv2020;
beforeAll(async () => {
  app = await TestApp.start();
  const document = app.cloudkeep.openApi;
  routes = routeTable(app.cloudkeep);
  schemas = new SchemaArbitrary(document);
  ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'api', ...asDto(document) });
});
afterAll(() => app.stop());

/** The classes that requests are checked against, once each. */
function dtos(of: 'body' | 'query'): Dto[] {
  const found = routes.flatMap((route) => {
    const Class = route[of];
    return Class === undefined ? [] : [[Class, { name: Class.name, Class, route }] as const];
  });
  return [...new Map(found).values()];
}

/** A password is whatever text; what is wrong with it the policy says, later. */
const asDto = (schema: object): object =>
  JSON.parse(JSON.stringify(schema), (_, value: { format?: string; type?: string } | null) =>
    value?.format === 'password' ? { type: value.type } : value,
  ) as object;

const bodySchemaOf = ({ route: { operation } }: Dto): Schema | undefined =>
  Object.values(operation?.requestBody?.content ?? {})[0]?.schema;

/** What the application makes of an input: an instance, or null where it is refused as it should be. */
async function taken({ Class }: Dto, value: unknown, type: 'body' | 'query'): Promise<object | null> {
  const begun = performance.now();
  try {
    // As the reader of bodies does before any DTO sees one.
    if (value === null || textFaults(value).length > 0) return null;
    const instance: unknown = await pipe.transform(value, { type, metatype: Class });
    expect(instance).toBeInstanceOf(Class);
    return instance as object;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(error.errors?.length).toBeGreaterThan(0);
    for (const { field, message } of error.errors ?? [])
      expect([typeof field, typeof message]).toEqual(['string', 'string']);
    return null;
  } finally {
    expect(performance.now() - begun).toBeLessThan(LONGEST_MS);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function expectNothingPolluted(): void {
  const prototypes = [Object, Array, String, Number, Function].map((one) => one.prototype as object);
  expect(prototypes.flatMap((one) => Object.keys(one))).toEqual([]);
  expect(({} as { polluted?: unknown; role?: unknown }).polluted).toBeUndefined();
}

const nothing = (name: string) => Promise.resolve(`{{${name}}}`);

describe('whatever a body holds', () => {
  it('becomes what its class says and the description allows, or is refused', async () => {
    const bodies = dtos('body');
    expect(bodies.length).toBeGreaterThan(40);
    const takenOf = new Map<string, number>();
    const undescribed: string[] = [];
    for (const dto of bodies) {
      const schema = bodySchemaOf(dto);
      const isDescribed = ajv.compile(rooted(schema));
      const arbitrary = schemas.body(schema, KNOWN_FIELDS);
      const property = fc.asyncProperty(arbitrary, async (text) => {
        const value = parsed(await filledJson(text, nothing));
        const instance = await taken(dto, value, 'body');
        if (instance === null) return;
        takenOf.set(dto.name, (takenOf.get(dto.name) ?? 0) + 1);
        if (value !== undefined && !dto.route.isForm && !isDescribed(value))
          undescribed.push(
            `${dto.name} takes ${JSON.stringify(value).slice(0, 200)}: ${ajv.errorsText(isDescribed.errors)}`,
          );
      });
      await fc.assert(property, RUNS);
    }
    expectNothingPolluted();
    expect(undescribed).toEqual([]);
    // Or this would only show that nothing is let in.
    expect(takenOf.size).toBeGreaterThan(bodies.length * 0.8);
  });

  it('takes null only where the description says so', async () => {
    const wrong: string[] = [];
    for (const dto of dtos('body'))
      for (const [field, schema] of schemas.propertiesOf(bodySchemaOf(dto))) {
        const refusal: unknown = await pipe
          .transform({ [field]: null }, { type: 'body', metatype: dto.Class })
          .catch((error: unknown) => error);
        const isRefused =
          refusal instanceof AppError && refusal.errors?.some((error) => error.field === field);
        if ((isRefused === true) === ajv.validate(rooted(schema), null)) wrong.push(`${dto.name}.${field}`);
      }
    expect(wrong).toEqual([]);
  });

  it('does no harm where nobody looked at it before', async () => {
    const body = fc.constantFrom(
      '{"__proto__":{"polluted":1}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '[]',
      '1',
    );
    for (const { Class } of dtos('body')) {
      const property = fc.asyncProperty(body, async (text) => {
        const refusal = await pipe
          .transform(JSON.parse(text), { type: 'body', metatype: Class })
          .catch((it: unknown) => it);
        expect(refusal instanceof AppError || refusal instanceof Class || Array.isArray(refusal)).toBe(true);
      });
      await fc.assert(property, { numRuns: 4 });
    }
    expectNothingPolluted();
  });
});

describe('whatever a query holds', () => {
  it('becomes what its class says, or is refused', async () => {
    const queries = dtos('query');
    expect(queries.length).toBeGreaterThan(15);
    const takenOf = new Set<string>();
    for (const dto of queries) {
      const { operation } = dto.route;
      if (operation === undefined) throw new Error(`${dto.route.name} is not described`);
      const property = fc.asyncProperty(queryOf(schemas, operation, {}), async (text) => {
        if ((await taken(dto, parse(text), 'query')) !== null) takenOf.add(dto.name);
      });
      await fc.assert(property, { numRuns: 60 });
    }
    expectNothingPolluted();
    expect(queries.filter(({ name }) => !takenOf.has(name)).map(({ name }) => name)).toEqual([]);
  });
});

/** With its references where the document is. */
function rooted(schema: Schema | undefined): object {
  return JSON.parse(JSON.stringify(schema ?? {}).replaceAll('"#/', '"api#/')) as object;
}
