import { RequestMethod, type Type } from '@nestjs/common';
import {
  INTERCEPTORS_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import type { Cloudkeep } from '../../src/app.js';
import { ACCESS, type AccessRule } from '../../src/common/access/access.decorator.js';
import { FORM_FIELDS } from '../../src/common/openapi/takes-form.decorator.js';
import { RATE_LIMITS } from '../../src/common/rate-limits/rate-limit.decorator.js';
import { operationsOf, type Operation } from './openapi-reader.js';

type Handler = (...args: unknown[]) => unknown;

/** One handler of a controller, as Nest registered it and as the OpenAPI document describes it. */
export interface Route {
  /** `GET /api/v1/users/:id` */
  readonly name: string;
  readonly path: string;
  readonly access: AccessRule | 'public' | undefined;
  readonly isUnlimited: boolean;
  /** What Nest runs around it, its class's included. */
  readonly interceptors: readonly unknown[];
  /** The classes its body and its query are checked against. */
  readonly body: Type | undefined;
  readonly query: Type | undefined;
  /** Whether the body is a form, with a file after the fields. */
  readonly isForm: boolean;
  readonly operation: Operation | undefined;
}

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** What the HTTP server really serves, Nest's handlers and whatever else was mounted beside them. */
export function servedRoutes({ nest }: Cloudkeep): string[] {
  const { router } = nest.getHttpAdapter().getInstance() as unknown as { router: { stack: Layer[] } };
  return router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const methods = Object.keys(route.methods);
    // `router.all()`: every verb there is.
    if (methods.length > 10) return [`ALL ${route.path}`];
    return methods.map((method) => `${method.toUpperCase()} ${route.path}`);
  });
}

/** Every handler of every controller in the running application. */
export function routeTable(app: Cloudkeep): Route[] {
  const served = new Set(servedRoutes(app));
  const operations = operationsOf(app.openApi);
  const controllers = [...app.nest.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => (metatype ? [metatype as Type] : [])),
  );
  return controllers.flatMap((controller) =>
    handlersOf(controller).map(({ handler, method, local }) => {
      // The global prefix is before it, unless it is one of those outside the API.
      const path = [`/api/v1${local}`, local].find((candidate) => served.has(`${method} ${candidate}`));
      if (path === undefined) throw new Error(`${method} ${local} of ${controller.name} is not served`);
      const name = `${method} ${path}`;
      return {
        name,
        path,
        ...declared(controller, handler),
        ...inputs(controller, handler),
        operation: operations.get(name),
      };
    }),
  );
}

function handlersOf(controller: Type): { handler: Handler; method: string; local: string }[] {
  const prototype = controller.prototype as Record<string, Handler>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((key) => {
    const handler = prototype[key];
    if (handler === undefined || Reflect.getMetadata(METHOD_METADATA, handler) === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
    return paths(controller).flatMap((base) =>
      paths(handler).map((path) => ({ handler, method, local: joined(base, path) })),
    );
  });
}

const paths = (target: object) =>
  ([] as string[]).concat((Reflect.getMetadata(PATH_METADATA, target) ?? '') as string | string[]);

const joined = (...parts: string[]) =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;

function declared(
  controller: Type,
  handler: Handler,
): Pick<Route, 'access' | 'isUnlimited' | 'interceptors'> {
  const reflector = new Reflector();
  return {
    access: reflector.getAllAndOverride<Route['access']>(ACCESS, [handler, controller]),
    isUnlimited: reflector.getAllAndOverride<unknown>(RATE_LIMITS, [handler, controller]) === 'none',
    interceptors: [controller, handler].flatMap(
      (target) => (Reflect.getMetadata(INTERCEPTORS_METADATA, target) ?? []) as unknown[],
    ),
  };
}

function inputs(controller: Type, handler: Handler): Pick<Route, 'body' | 'query' | 'isForm'> {
  const prototype = controller.prototype as object;
  const types = Reflect.getMetadata('design:paramtypes', prototype, handler.name) as Type[] | undefined;
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const classOf = (kind: RouteParamtypes) => {
    const found = Object.entries(parameters).find(
      ([key, { data }]) => key.startsWith(`${kind}:`) && data === undefined,
    );
    return found === undefined ? undefined : types?.[found[1].index];
  };
  const form = Reflect.getMetadata(FORM_FIELDS, handler) as Type | undefined;
  return {
    body: form ?? classOf(RouteParamtypes.BODY),
    query: classOf(RouteParamtypes.QUERY),
    isForm: form !== undefined,
  };
}
