import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Response } from 'supertest';

interface Operation {
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>;
}

interface Route {
  readonly pattern: RegExp;
  readonly template: string;
  readonly operations: Record<string, Operation>;
}

/** Statuses any route may answer with that belong to the request as such, not to the route. */
const GENERAL_PROBLEMS: ReadonlySet<number> = new Set([400, 404, 413, 415, 429]);

/** Holds every answer against the OpenAPI description: known route, documented status, body of the documented shape. */
export class OpenApiContract {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly routes: Route[];
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(document: OpenAPIObject) {
    addFormats.default(this.ajv);
    this.ajv.addSchema({ $id: 'api', ...document });
    this.routes = Object.entries(document.paths).map(([template, operations]) => ({
      template,
      pattern: new RegExp(
        `^${template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`,
      ),
      operations: operations as unknown as Record<string, Operation>,
    }));
  }

  /** @throws Error saying how the answer departs from its description. */
  check(method: string, path: string, response: Response): void {
    const route = this.routes.find(({ pattern }) => pattern.test(path.split('?')[0] ?? ''));
    const operation = route?.operations[method];
    const type = (response.get('content-type') ?? '').split(';')[0] ?? '';
    if (response.status >= 400 && type === 'application/problem+json')
      this.checkBody('ProblemDto', response.body, response);
    if (route === undefined || operation === undefined) return;
    const documented = operation.responses[response.status];
    if (documented === undefined) {
      if (GENERAL_PROBLEMS.has(response.status) && type === 'application/problem+json') return;
      throw new Error(
        `${method} ${route.template} answered ${response.status}, which is not documented: ${response.text}`,
      );
    }
    if (documented.content === undefined) return;
    // Bytes of whatever type they are.
    if (documented.content['*/*'] !== undefined && documented.content[type] === undefined) return;
    if (documented.content[type] === undefined) {
      throw new Error(
        `${method} ${route.template} answered ${response.status} as "${type}", which is not documented`,
      );
    }
    if (/[/+]json$/.test(type))
      this.checkAt(pointer(route.template, method, response.status, type), response);
  }

  private checkBody(schema: string, body: unknown, response: Response): void {
    this.run(`api#/components/schemas/${schema}`, body, response);
  }

  private checkAt(reference: string, response: Response): void {
    this.run(`api#${reference}`, response.body, response);
  }

  private run(reference: string, body: unknown, response: Response): void {
    let validate = this.validators.get(reference);
    if (validate === undefined) {
      validate = this.ajv.compile({ $ref: reference });
      this.validators.set(reference, validate);
    }
    if (validate(body)) return;
    throw new Error(
      `Answer ${response.status} departs from ${reference}: ${this.ajv.errorsText(validate.errors)}\n${response.text}`,
    );
  }
}

function pointer(template: string, method: string, status: number, type: string): string {
  const parts = ['paths', template, method, 'responses', String(status), 'content', type, 'schema'];
  return `/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
}
