import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import { DEFAULT_ORGANIZATION_ID } from '../../../src/common/access/organizations.js';
import { newId } from '../../../src/common/crypto/ids.js';
import type { ApiClient } from '../client.js';
import type { TestDatabase } from '../database.js';

/** Everybody's password in tests, and its hash, made once and cheaply. */
export const PASSWORD = 'violet kettle orbit 47 maple';

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
  private hash: Promise<string> | undefined;

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
    const hash = traits.passwordHash === undefined ? await this.ownHash() : traits.passwordHash;
    await this.database.query(
      `INSERT INTO users (id, organization_id, email, username, password_hash, role, is_active)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        user.id,
        user.organizationId,
        user.email,
        user.username,
        hash,
        traits.role ?? 'user',
        traits.isActive ?? true,
      ],
    );
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

  private ownHash(): Promise<string> {
    this.hash ??= argon2.hash(PASSWORD, {
      type: argon2.argon2id,
      memoryCost: 19_456,
      timeCost: 2,
      parallelism: 1,
    });
    return this.hash;
  }
}

function withTokens<User extends GivenUser>(user: User, tokens: GivenTokens): User & SignedIn {
  const { access_token: token, refresh_token: refreshToken } = tokens;
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: string;
  };
  return { ...user, token, refreshToken, sessionId: claims.sid };
}
