import { randomBytes } from 'node:crypto';
import { claimsOf } from '../../../attack/jwt.js';
import { DEFAULT_ORGANIZATION_ID } from '../../../src/common/access/organizations.js';
import { newId } from '../../../src/common/crypto/ids.js';
import type { ApiClient } from '../client.js';
import type { TestDatabase } from '../database.js';

/** Everybody's password in tests. */
export const PASSWORD = 'violet kettle orbit 47 maple';
/** Of that, by today's parameters, which take a while. */
const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$TnoXfeoyShSffi5qUZGZWA$Wg/++l/khhcvBT2zi0CNmG5Gl1/XdoZk8aUmjyPuCTw';

export interface GivenUser {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly organizationId: string;
}

/** What a session gives whoever it was opened for. */
export interface GivenTokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Opens a session of a user, somehow. */
export type OpenSession = (user: GivenUser) => Promise<GivenTokens>;

export interface SignedIn extends GivenUser {
  readonly token: string;
  readonly refreshToken: string;
  readonly sessionId: string;
}

/** A token or key, with its secret. */
export interface GivenCredential {
  readonly id: string;
  readonly token: string;
}

export interface UserTraits {
  readonly role?: string;
  readonly organizationId?: string;
  readonly isActive?: boolean;
  /** As stored; null for an account without a password. */
  readonly passwordHash?: string | null;
}

/** Makes what a test needs, in its own database. */
export class Given {
  constructor(
    private readonly database: TestDatabase,
    private readonly client: () => ApiClient,
    private readonly openSession?: OpenSession,
  ) {}

  async organization(name = 'Another'): Promise<string> {
    const id = newId();
    await this.database.query('INSERT INTO organizations (id, name) VALUES ($1, $2)', [id, name]);
    return id;
  }

  async user(traits: UserTraits = {}): Promise<GivenUser> {
    const tag = randomBytes(5).toString('hex');
    const user = {
      id: newId(),
      email: `user-${tag}@example.com`,
      username: `user-${tag}`,
      organizationId: traits.organizationId ?? DEFAULT_ORGANIZATION_ID,
    };
    await this.database.insert('users', {
      id: user.id,
      organization_id: user.organizationId,
      email: user.email,
      username: user.username,
      password_hash: traits.passwordHash === undefined ? PASSWORD_HASH : traits.passwordHash,
      role: traits.role ?? 'user',
      is_active: traits.isActive ?? true,
    });
    return user;
  }

  /** Somebody with a live session. */
  async signedIn(traits: UserTraits = {}): Promise<SignedIn> {
    return this.signIn(await this.user(traits));
  }

  /** One more session of a user. */
  async signIn<User extends GivenUser>(user: User): Promise<User & SignedIn> {
    if (this.openSession === undefined) return this.signInByPassword(user);
    return withTokens(user, await this.openSession(user));
  }

  /** As `signIn`, but as somebody does who has the usual password, over HTTP: for what is about sign-in. */
  async signInByPassword<User extends GivenUser>(user: User): Promise<User & SignedIn> {
    const { status, body } = await this.client().post('/auth/login', {
      email: user.email,
      password: PASSWORD,
    });
    if (status !== 200)
      throw new Error(`Sign-in of ${user.email} answered ${status}: ${JSON.stringify(body)}`);
    return withTokens(user, body as GivenTokens);
  }

  /** A personal access token of somebody signed in. */
  async personalToken(
    owner: SignedIn,
    scopes: readonly string[],
    more: object = {},
  ): Promise<GivenCredential> {
    const body = await this.made(owner, '/auth/tokens', { name: 'A script', scopes, ...more });
    return { id: body.id, token: body.token ?? '' };
  }

  /** A service key made by somebody signed in. */
  async apiKey(maker: SignedIn, scopes: readonly string[], more: object = {}): Promise<GivenCredential> {
    const body = await this.made(maker, '/api-keys', { name: 'A service', scopes, ...more });
    return { id: body.id, token: body.key ?? '' };
  }

  private async made(by: SignedIn, path: string, request: object) {
    const client = this.client().with({ authorization: `Bearer ${by.token}` });
    const { status, body } = await client.post(path, request);
    if (status !== 201) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    return body as { readonly id: string; readonly token?: string; readonly key?: string };
  }
}

/** Somebody, with what their session gave them. */
export function withTokens<User extends GivenUser>(user: User, tokens: GivenTokens): User & SignedIn {
  const { access_token: token, refresh_token: refreshToken } = tokens;
  return { ...user, token, refreshToken, sessionId: claimsOf(token).sid as string };
}
