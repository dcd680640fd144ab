import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { actorOf, StillClock } from '../../../test/support/actors.js';
import type { AuthConfig } from '../../config/config.js';
import { IpNetworks } from '../http/ip-networks.js';
import type { AccessRule } from './access.decorator.js';
import type { AccessReports } from './access-reports.js';
import { AccessErrors } from './access.errors.js';
import { AccessGuard } from './access.guard.js';
import { AccessPolicy } from './access-policy.js';
import type { Actor } from './actor.js';
import type { Authenticator } from './authenticator.js';
import type { PresentedCredential } from './credential.js';
import type { CsrfProtection } from './csrf.js';
import { LiveAccess } from './live-credentials.js';

type Rule = Partial<AccessRule> | 'public' | undefined;
type Headers = Record<string, string>;

const reader = actorOf({ scopes: new Set(['files:read']) });
const BEARER = { authorization: 'Bearer a-token' };
const COOKIE = { cookie: '__Host-cloudkeep_session=a-token' };

function setUp(rule: Rule, { known, verified = reader }: { known?: Actor; verified?: Actor | Error } = {}) {
  const log: unknown[] = [];
  const declared = typeof rule === 'object' ? { scope: null, by: 'any', fresh: false, ...rule } : rule;
  const reflector = { getAllAndOverride: () => declared } as unknown as Reflector;
  const authenticator = {
    known: ({ token, via }: PresentedCredential) => (log.push(`known ${token} of ${via}`), known),
    verify: ({ token, via }: PresentedCredential) => {
      log.push(`verify ${token} of ${via}`);
      return verified instanceof Error ? Promise.reject(verified) : Promise.resolve(verified);
    },
  } as unknown as Authenticator;
  const csrf = {
    verify: (_: unknown, session: string) => {
      log.push(`csrf of ${session}`);
      if (session === 'forged') throw AccessErrors.csrfProofMissing();
    },
  } as unknown as CsrfProtection;
  const reports = {
    admitted: (_: unknown, actor: Actor) => log.push(['admitted', actor]),
    refused: (_: unknown, __: unknown, actor: Actor | null, { code }: { code: string }) => {
      log.push(['refused', actor, code]);
      return Promise.resolve();
    },
  } as unknown as AccessReports;
  const policy = new AccessPolicy(new StillClock(), { tenancy: 'multi' } as AuthConfig);
  const config = { secureCookie: true } as AuthConfig;
  const guard = new AccessGuard(reflector, authenticator, policy, csrf, reports, config);
  return { guard, log };
}

function contextOf(headers: Headers, client?: unknown): ExecutionContext {
  const request = { headers, socket: { remoteAddress: '192.0.2.1' } };
  return {
    getType: () => (client === undefined ? 'http' : 'ws'),
    getHandler: () => contextOf,
    getClass: () => setUp,
    switchToWs: () => ({ getClient: () => client }),
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({}) }),
  } as unknown as ExecutionContext;
}

async function outcome(rule: Rule, headers: Headers, who: { known?: Actor; verified?: Actor | Error } = {}) {
  const { guard, log } = setUp(rule, who);
  try {
    return { answer: await guard.canActivate(contextOf(headers)), log };
  } catch (error) {
    return { answer: (error as { code?: unknown }).code, log };
  }
}

describe('a request', () => {
  it('needs nothing where anybody may come', async () => {
    expect(await outcome('public', {})).toEqual({ answer: true, log: [] });
  });

  it('is refused where nobody said who may come, whoever asks', async () => {
    const admin = actorOf({ scopes: new Set(['admin']) });
    const log = [['refused', null, 'access_undeclared']];
    expect(await outcome(undefined, BEARER, { known: admin })).toEqual({ answer: 'access_undeclared', log });
  });

  it('is refused without a credential', async () => {
    const log = [['refused', null, 'credential_missing']];
    expect(await outcome({}, {})).toEqual({ answer: 'credential_missing', log });
  });

  it('is verified where its credential is not known', async () => {
    const log = [
      'known a-token of header',
      'known a-token of header',
      'verify a-token of header',
      ['admitted', reader],
    ];
    expect(await outcome({ scope: 'files:read' }, BEARER)).toEqual({ answer: true, log });
  });

  it('is admitted at once by a credential that is known', () => {
    const { guard, log } = setUp({ scope: 'files:read' }, { known: reader });
    expect(guard.canActivate(contextOf(BEARER))).toBe(true);
    expect(log).toEqual(['known a-token of header', ['admitted', reader]]);
  });

  it('is admitted at once where no scope is asked for', () => {
    const { guard } = setUp({ operators: false }, { known: reader });
    expect(guard.canActivate(contextOf(BEARER))).toBe(true);
  });

  it('is judged as slowly as it takes by whatever the fast way does not look at', async () => {
    const networks = new IpNetworks(['10.0.0.0/8']);
    const refusal = async (rule: Rule, known: Actor) => (await outcome(rule, BEARER, { known })).answer;
    const key = actorOf({ credential: 'api_key' });
    expect(await refusal({ scope: 'files:write' }, reader)).toBe('insufficient_scope');
    expect(await refusal({}, actorOf({ networks }))).toBe('address_not_allowed');
    expect(await refusal({ by: 'person' }, key)).toBe('person_required');
    expect(await refusal({ fresh: true }, reader)).toBe('reauthentication_required');
    expect(await refusal({ operators: true }, reader)).toBe('operators_only');
  });

  it('is judged with all it presents', async () => {
    const both = { ...BEARER, 'x-api-key': 'another' };
    expect((await outcome({}, both, { known: reader })).answer).toBe('ambiguous_credentials');
    expect((await outcome({}, { authorization: 'a-token' }, { known: reader })).answer).toBe(
      'credential_invalid',
    );
  });

  it('is known by its key as well, and then not verified again', async () => {
    const log = ['known a-key of header', ['admitted', reader]];
    expect(await outcome({}, { 'x-api-key': 'a-key' }, { known: reader })).toEqual({ answer: true, log });
  });

  it('with a cookie must prove that a page of ours sent it', async () => {
    const log = ['known a-token of cookie', 'csrf of a-session', ['admitted', reader]];
    expect(await outcome({}, COOKIE, { known: reader })).toEqual({ answer: true, log });
    const forged = actorOf({ credentialId: 'forged' });
    const refused = await outcome({}, COOKIE, { known: forged });
    expect(refused.answer).toBe('csrf_proof_missing');
    expect(refused.log.at(-1)).toEqual(['refused', forged, 'csrf_proof_missing']);
  });

  it('is reported as refused with whom it came from, where that was known', async () => {
    const { log } = await outcome({ scope: 'users:read' }, BEARER);
    expect(log.at(-1)).toEqual(['refused', reader, 'insufficient_scope']);
  });

  it('is not held against anybody where we failed ourselves', async () => {
    const { guard, log } = setUp({}, { verified: new Error('no database') });
    await expect(guard.canActivate(contextOf(BEARER))).rejects.toThrow('no database');
    expect(log).toEqual(['known a-token of header', 'known a-token of header', 'verify a-token of header']);
  });
});

describe('a message of a socket', () => {
  const access = new LiveAccess(
    { token: '', via: 'header' },
    { scope: null, by: 'any', fresh: false },
    '192.0.2.1',
    reader,
    () => undefined,
  );
  const verdict = (rule: Rule, data: unknown) => {
    try {
      return setUp(rule).guard.canActivate(contextOf({}, { data }));
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };

  it('is held against its own rule', () => {
    expect(verdict({ scope: 'files:read' }, { access })).toBe(true);
    expect(verdict({ scope: 'files:write' }, { access })).toBe('insufficient_scope');
  });

  it('is refused without a rule, or on a socket that nobody let in', () => {
    expect(verdict(undefined, { access })).toBe('access_undeclared');
    expect(verdict({}, {})).toBe('access_undeclared');
    expect(verdict({}, { access: { actor: reader, ip: '192.0.2.1' } })).toBe('access_undeclared');
  });
});
