import { DEFAULT_ORGANIZATION_ID } from '../../../src/common/access/organizations.js';
import type { Route } from '../../architecture/route-table.js';
import type { Answer } from '../client.js';
import type { Caller } from './callers.js';
import { holds } from './roles.js';

/** What a caller may be told: any of several where more than one thing is missing. */
export type Verdicts = readonly string[];

export const LET_IN = 'let in';
export const DONE = 'done';
export const NOT_THERE = '404';

/** What access the route declares says about this caller. */
export function verdictsOf(access: Route['access'], method: string, caller: Caller): Verdicts {
  // What a signature in the address opens, it opens whoever comes with it.
  if (access === 'public') return [LET_IN, '403 signature_invalid'];
  if (access === undefined) return ['nothing: it declares no access'];
  if (caller.speaksFor === null) return ['401'];
  const { scope, by, fresh, operators } = access;
  const missing = [
    method !== 'GET' && !caller.mayChange && '403 csrf_proof_missing',
    by === 'person' && caller.speaksFor === 'key' && '403 person_required',
    by === 'session' && caller.speaksFor !== 'session' && '403 session_required',
    scope !== null && !holds(caller.scopes, scope) && '403 insufficient_scope',
    operators === true && caller.user.organizationId !== DEFAULT_ORGANIZATION_ID && '403 operators_only',
    fresh && caller.speaksFor === 'session' && !caller.isFresh && '403 reauthentication_required',
  ].filter((reason) => reason !== false);
  return missing.length === 0 ? [LET_IN] : missing;
}

/** What came of a call, as far as access goes: whether the guard let it through. */
export function admission({ status, body }: Answer): string {
  if (status === 401) return '401';
  if (status === 403) return `403 ${body.code as string}`;
  return status < 500 ? LET_IN : String(status);
}

/** What came of a call for a thing that is there. */
export function outcome(answer: Answer): string {
  const verdict = admission(answer);
  if (verdict !== LET_IN) return verdict;
  if (answer.status < 400) return DONE;
  return answer.status === 404 ? NOT_THERE : `${answer.status} ${JSON.stringify(answer.body)}`;
}

/** One cell of the matrix, once asked. */
export interface Cell {
  readonly route: string;
  readonly caller: Caller;
  readonly relation: string;
  readonly expected: Verdicts;
  readonly got: string;
}

/** The cells that are not as they should be, each in a line. */
export function wrong(cells: readonly Cell[]): string[] {
  return cells
    .filter(({ expected, got }) => !expected.includes(got))
    .map(
      ({ route, caller, relation, expected, got }) =>
        `${route} | role ${caller.role} | ${caller.kind} | ${relation} | expected ${expected.join(' or ')} | got ${got}`,
    );
}
