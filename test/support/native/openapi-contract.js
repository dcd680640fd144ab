import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Statuses any route may answer with that belong to the request as such, not to the route. */
const GENERAL_PROBLEMS = new Set([400, 404, 413, 415, 429]);

/** By the routes they are of, for all test files of a worker: to make one takes a fifth of a second. */
const contracts = new Map();

/** What an application's answers are held against. */
export function contractOf(app) {
  const routes = app.nest
    .getHttpAdapter()
    .getInstance()
    .router.stack.flatMap(({ route }) => route ?? []);
  const key = routes.map(({ path, methods }) => `${Object.keys(methods)} ${path}`).join('\n');
  let contract = contracts.get(key);
  if (contract === undefined) contracts.set(key, (contract = new OpenApiContract(app.openApi)));
  return contract;
}

/** Holds every answer against the OpenAPI description: known route, documented status, body of the documented shape. */
class OpenApiContract {
  ajv = new Ajv2020({ strict: false, allErrors: true });
  validators = new Map();

  constructor(document) {
    addFormats.default(this.ajv);
    const described = closed(document);
    // A problem may tell more than any problem does (RFC 9457 section 3.2).
    described.components.schemas.ProblemDto = document.components.schemas.ProblemDto;
    this.ajv.addSchema({ $id: 'api', ...described });
    this.routes = Object.entries(document.paths).map(([template, operations]) => ({
      template,
      pattern: new RegExp(
        `^${template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+')}$`,
      ),
      operations,
    }));
  }

  /** @throws Error saying how the answer departs from its description. */
  check(method, path, response) {
    const route = this.routes.find(({ pattern }) => pattern.test(path.split('?')[0]));
    const operation = route?.operations[method];
    const type = (response.get('content-type') ?? '').split(';')[0];
    if (response.status >= 400 && type === 'application/problem+json')
      this.hold('components/schemas/ProblemDto', response);
    if (operation === undefined) return;
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
    if (/[/+]json$/.test(type)) this.hold(pointer(route.template, method, response.status, type), response);
  }

  hold(pointer, response) {
    const reference = `api#/${pointer}`;
    let validate = this.validators.get(reference);
    if (validate === undefined) {
      validate = this.ajv.compile({ $ref: reference });
      this.validators.set(reference, validate);
    }
    if (validate(response.body)) return;
    throw new Error(
      `Answer ${response.status} departs from ${reference}: ${this.ajv.errorsText(validate.errors)}\n${response.text}`,
    );
  }
}

/** Of an object that names its members, one that nobody documented is a departure as well. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isOpen = typeof schema.properties !== 'object' || 'additionalProperties' in schema;
  return isOpen ? members : { ...members, additionalProperties: false };
}

function pointer(template, method, status, type) {
  const parts = ['paths', template, method, 'responses', String(status), 'content', type, 'schema'];
  return parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
}
