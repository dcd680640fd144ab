import { randomBytes, randomUUID } from 'node:crypto';
import { generateSync } from 'otplib';
import { ClsService } from 'nestjs-cls';
import type { RequestContextStore } from '../../../src/common/http/request-context.js';
import { OneTimeTokens } from '../../../src/common/one-time-tokens/one-time-tokens.js';
import { UnitOfWork } from '../../../src/database/unit-of-work.js';
import { ExchangeCodes } from '../../../src/modules/identities/exchange-codes.js';
import {
  MailedTokensService,
  type MailedTokenPurpose,
} from '../../../src/modules/users/mailed-tokens.service.js';
import { UsersService } from '../../../src/modules/users/users.service.js';
import { resourceAt } from '../access-matrix/resources.js';
import type { TestApp } from '../app.js';
import type { Answer } from '../client.js';
import type { GivenUser, SignedIn } from '../factories/given.js';
import { uploaded } from '../files.js';
import { constantModel, registeredModel } from '../lab.js';
import { begunUpload, linked } from '../links.js';
import { givenProtected, mfaToken } from '../second-factors.js';
import { SoftPasskey } from '../soft-passkey.js';
import { addPasskey, somebody, type FuzzCaller } from './callers.js';

/** For whom something is made, and where it goes. */
export interface Need {
  readonly app: TestApp;
  readonly caller: FuzzCaller;
  /** `get /api/v1/files/{id}` */
  readonly route: string;
  /** What one request names twice is one thing. */
  readonly value: (name: string) => Promise<unknown>;
}

type Maker = (need: Need) => unknown;

const WEEK_MS = 7 * 86_400_000;
const fresh = () => `f${randomBytes(6).toString('hex')}`;
const after = (ms: number) => new Date(Date.now() + ms).toISOString();
const as = ({ app, caller: { owner } }: Need) => app.as(owner);

/** A part of what another value is. */
const part = (of: string, name: string): Maker => {
  return async ({ value }) => ((await value(of)) as Record<string, unknown>)[name];
};

/** What stands in braces twice. */
export const LIVE: Readonly<Record<string, Maker>> = {
  fresh,
  now: () => after(0),
  next_week: () => after(WEEK_MS),
  new_email: () => `${fresh()}@example.com`,
  own_id: ({ caller }) => caller.owner.id,
  user: ({ app, caller }) => app.given.user({ organizationId: caller.owner.organizationId }),
  user_id: part('user', 'id'),
  email: part('user', 'email'),
  refresh_token: async ({ app, value }) =>
    (await app.given.signIn((await value('user')) as GivenUser)).refreshToken,
  email_token: (need) => mailed(need, 'email-verification'),
  reset_token: (need) => mailed(need, 'password-reset'),
  invitation_token: invited,
  exchange_code: exchanged,
  oauth: ({ app }) => app.anyone.get('/auth/github'),
  oauth_state: async ({ value }) =>
    new URL(((await value('oauth')) as Answer).headers.location ?? '').searchParams.get('state'),
  oauth_cookie: async ({ value }) =>
    ((await value('oauth')) as Answer).cookies.map((line) => line.split(';', 1)[0]).join('; '),
  personal_token: ({ app, caller }) =>
    app.given.personalToken(caller.owner, ['profile:read']).then(({ token }) => token),
  protected: ({ app, caller }) => givenProtected(app, { organizationId: caller.owner.organizationId }),
  protected_id: async ({ value }) => ((await value('protected')) as { user: SignedIn }).user.id,
  mfa_token: async ({ app, value }) => mfaToken(app, ((await value('protected')) as { user: SignedIn }).user),
  mfa_recovery_code: async ({ value }) =>
    ((await value('protected')) as { recoveryCodes: string[] }).recoveryCodes[0],
  recovery_code: ({ caller }) => caller.recoveryCode ?? '00000-00000',
  totp_code: totpCode,
  passkey_created: passkeyCreated,
  passkey_answer: passkeyAnswer,
  file: (need) => uploaded(as(need)),
  file_id: part('file', 'id'),
  etag: async ({ value }) => `"${((await value('file')) as { sha256: string }).sha256}"`,
  link: async ({ app, caller, value }) => linked(app, caller.owner, (await value('file_id')) as string),
  link_id: part('link', 'id'),
  link_query: async ({ value }) => new URL(((await value('link')) as { url: string }).url).search.slice(1),
  upload: ({ app, caller }) => begunUpload(app, caller.owner, 'Hello'),
  upload_id: part('upload', 'id'),
  upload_query: async ({ value }) =>
    new URL(((await value('upload')) as { url: string }).url).search.slice(1),
  model_id: async (need) => (await registeredModel(as(need), { name: fresh() })).id as string,
  onnx_model: () => constantModel().toString('latin1'),
  path: ({ app, caller, route }) => {
    const path = route.split(' ')[1]?.replaceAll(/\{(\w+)\}/g, ':$1') ?? '';
    const [, resource] = resourceAt(path) ?? [];
    if (resource === undefined) throw new Error(`No entry of RESOURCES makes what ${path} names`);
    return resource.make(app, caller.owner);
  },
};

/** In the context and the transaction that a request would have. */
function asRequest<T>({ app }: Need, work: () => Promise<T>): Promise<T> {
  const nest = app.cloudkeep.nest;
  const cls = nest.get<ClsService<RequestContextStore>>(ClsService);
  const store = { requestId: randomUUID(), ip: '127.0.0.1', userAgent: null };
  return cls.runWith(store, () => nest.get(UnitOfWork).run(work));
}

async function mailed(need: Need, purpose: MailedTokenPurpose): Promise<string> {
  const nest = need.app.cloudkeep.nest;
  const { id } = (await need.value('user')) as GivenUser;
  return asRequest(need, async () =>
    nest.get(MailedTokensService).issue(purpose, await nest.get(UsersService).mustFind(id)),
  );
}

async function exchanged(need: Need): Promise<string> {
  const nest = need.app.cloudkeep.nest;
  const { id } = (await need.value('user')) as GivenUser;
  const flow = { session: null, browser: '', challenge: null } as Parameters<ExchangeCodes['issue']>[1];
  return asRequest(need, async () =>
    nest.get(ExchangeCodes).issue(await nest.get(UsersService).mustFind(id), flow),
  );
}

async function invited(need: Need): Promise<string> {
  const { body } = await as(need).post('/organizations/invitations', { email: `${fresh()}@example.com` });
  const invitation = { purpose: 'invitation', subject: `invitation:${String(body.id)}`, seconds: 60 };
  const organizationId = need.caller.owner.organizationId;
  return asRequest(need, () =>
    need.app.cloudkeep.nest.get(OneTimeTokens).issue({ ...invitation, organizationId }),
  );
}

async function totpCode(need: Need): Promise<string> {
  const { body } = await as(need).post('/auth/mfa/totp');
  const epoch = Math.floor(need.app.clock.now().getTime() / 1000);
  return typeof body.secret === 'string' ? generateSync({ secret: body.secret, epoch }) : '000000';
}

async function passkeyCreated(need: Need): Promise<unknown> {
  const { body } = await as(need).post('/auth/mfa/passkeys/options');
  return new SoftPasskey().create(body.options);
}

async function passkeyAnswer({ app }: Need): Promise<unknown> {
  const passkey = await addPasskey(app, await somebody(app));
  const { body } = await app.anyone.post('/auth/login/passkey/options', {});
  return passkey.get(body.options);
}
