import type { TestApp } from '../app.js';
import type { ApiClient } from '../client.js';
import { PASSWORD, type GivenCredential, type GivenUser, type SignedIn } from '../factories/given.js';
import { CUSTOM_ROLE, EVERY_READ, EVERY_SCOPE, scopesOf } from './roles.js';

/** What access may ask about a credential, and the answers. */
interface Traits {
  /** Null where nothing is sent, or what was revoked. */
  readonly speaksFor: 'session' | 'token' | 'key' | null;
  /** Of a session: whether its person has just proven who they are. */
  readonly isFresh: boolean;
  /** Whether it may change something: a cookie needs its proof. */
  readonly mayChange: boolean;
  /** What it was made for, whatever its owner's role allows now. */
  readonly scopes: readonly string[] | 'all';
}

type Headers = Record<string, string>;
/** `home` is a session that is none of the caller's credentials, to make things from. */
type Maker = (app: TestApp, user: GivenUser, home: () => Promise<SignedIn>) => Promise<Headers>;

const SESSION: Traits = { speaksFor: 'session', isFresh: true, mayChange: true, scopes: 'all' };
const TOKEN: Traits = { ...SESSION, speaksFor: 'token' };
const KEY: Traits = { ...SESSION, speaksFor: 'key' };
const NOBODY: Traits = { ...SESSION, speaksFor: null };

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

const signedIn: Maker = async (app, user) => bearer((await app.given.signIn(user)).token);

const provenLongAgo: Maker = async (app, user) => {
  const { token, sessionId } = await app.given.signIn(user);
  await app.database.query(
    `UPDATE sessions SET authenticated_at = authenticated_at - interval '11 minutes' WHERE id = $1`,
    [sessionId],
  );
  return bearer(token);
};

const cookie =
  ({ withProof }: { withProof: boolean }): Maker =>
  async (app, { email }) => {
    const login = { email, password: PASSWORD };
    const { cookies, body } = await app.anyone.post('/auth/login?session=cookie', login);
    const jar = { cookie: cookies.map((line) => line.split(';', 1)[0]).join('; ') };
    return withProof ? { ...jar, 'x-csrf-token': body.csrf_token as string } : jar;
  };

const personalToken =
  (scopes: readonly string[]): Maker =>
  async (app, _, home) =>
    bearer((await app.given.personalToken(await home(), scopes)).token);

const apiKey = async (app: TestApp, home: () => Promise<SignedIn>) =>
  (await app.given.apiKey(await home(), EVERY_SCOPE)).token;

const keyAsBearer: Maker = async (app, _, home) => bearer(await apiKey(app, home));
const keyInItsHeader: Maker = async (app, _, home) => ({ 'x-api-key': await apiKey(app, home) });

/** Used, so that it is known, and then revoked. */
const revoked =
  (path: string, make: (app: TestApp, owner: SignedIn) => Promise<GivenCredential>): Maker =>
  async (app, _, home) => {
    const owner = await home();
    const { id, token } = await make(app, owner);
    expect((await app.as(token).get('/auth/verify')).status).toBe(200);
    expect((await app.as(owner).delete(`${path}/${id}`)).status).toBe(204);
    return bearer(token);
  };

const revokedToken = revoked('/auth/tokens', (app, owner) => app.given.personalToken(owner, EVERY_SCOPE));
const revokedKey = revoked('/api-keys', (app, owner) => app.given.apiKey(owner, EVERY_SCOPE));

const loggedOut =
  (make: Maker): Maker =>
  async (app, user, home) => {
    const headers = await make(app, user, home);
    expect((await app.anyone.with(headers).post('/auth/logout')).status).toBe(204);
    return headers;
  };

/** Every way to come: its name, what follows for access, and how to get it as an admin. */
const KINDS = {
  'access token': [SESSION, signedIn],
  'access token proven long ago': [{ ...SESSION, isFresh: false }, provenLongAgo],
  'session cookie': [SESSION, cookie({ withProof: true })],
  'session cookie without its proof': [{ ...SESSION, mayChange: false }, cookie({ withProof: false })],
  'personal token': [TOKEN, personalToken(EVERY_SCOPE)],
  'read-only personal token': [{ ...TOKEN, scopes: EVERY_READ }, personalToken(EVERY_READ)],
  'API key as bearer': [KEY, keyAsBearer],
  'API key in X-API-Key': [KEY, keyInItsHeader],
  none: [NOBODY, () => Promise.resolve({})],
  'ended session': [NOBODY, loggedOut(signedIn)],
  'cookie of an ended session': [NOBODY, loggedOut(cookie({ withProof: true }))],
  'revoked personal token': [NOBODY, revokedToken],
  'revoked API key': [NOBODY, revokedKey],
} as const satisfies Record<string, readonly [Traits, Maker]>;

export type Kind = keyof typeof KINDS;
export const ALL_KINDS = Object.keys(KINDS) as Kind[];
/** Those that somebody answers to. */
export const LIVE_KINDS = ALL_KINDS.filter((kind) => KINDS[kind][0].speaksFor !== null);

/** Somebody with one credential. */
export interface Caller extends Traits {
  readonly role: string;
  readonly kind: Kind;
  readonly user: GivenUser;
  readonly client: ApiClient;
  readonly scopes: readonly string[];
}

/** An organisation that has the custom role. */
export async function givenOrganization(app: TestApp): Promise<string> {
  const id = await app.given.organization();
  await app.database.query(
    'INSERT INTO roles (id, organization_id, name, scopes) VALUES (gen_random_uuid(), $1, $2, $3)',
    [id, CUSTOM_ROLE, scopesOf(CUSTOM_ROLE)],
  );
  return id;
}

/**
 * Credentials of these kinds of one person. They get them as an admin and have
 * their role only then, so that each credential was made for more than its owner
 * may do now: what counts is the role of today.
 */
export async function callersOf(
  app: TestApp,
  organizationId: string,
  role: string,
  kinds: readonly Kind[],
): Promise<Caller[]> {
  const user = await app.given.user({ role: 'admin', organizationId });
  let session: Promise<SignedIn> | undefined;
  const home = () => (session ??= app.given.signIn(user));
  const callers: Caller[] = [];
  // One after the other: sign-ins of one account at once look like guessing.
  for (const kind of kinds) {
    const [traits, make]: readonly [Traits, Maker] = KINDS[kind];
    const client = app.anyone.with(await make(app, user, home));
    const scopes = scopesOf(role).filter((scope) => traits.scopes === 'all' || traits.scopes.includes(scope));
    callers.push({ ...traits, role, kind, user, client, scopes });
  }
  await app.database.query('UPDATE users SET role = $2 WHERE id = $1', [user.id, role]);
  return callers;
}

/** Somebody alone in an organisation of their own, whom a call may cost everything. */
export async function disposable(app: TestApp, { role, kind }: Caller): Promise<Caller> {
  const organizationId = await givenOrganization(app);
  const [caller] = await callersOf(app, organizationId, role, [kind]);
  if (caller === undefined) throw new Error(`No ${kind}`);
  await app.database.query('UPDATE organizations SET owner_id = $2 WHERE id = $1', [
    organizationId,
    caller.user.id,
  ]);
  return caller;
}
