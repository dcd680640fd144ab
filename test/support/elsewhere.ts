import { TestApp } from './app.js';
import { Browser, type Page } from './browser.js';
import type { Answer } from './client.js';
import { withTokens, type GivenTokens, type SignedIn } from './factories/given.js';
import { GitHubServer } from './github-server.js';
import { CLIENT, OidcIssuer, type Person } from './oidc-issuer.js';
import type { Mutation } from './weakened.js';

export const PUBLIC = 'http://cloudkeep.test';
export const APPLICATION = 'https://app.example.com/signed-in';
export const OTHER_APPLICATION = 'com.example.app:/signed-in';

export const PROVIDERS = ['google', 'github', 'microsoft', 'acme'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

let people = 0;
/** Somebody nobody has seen before, known alike to every provider. */
export function somebody(more: Partial<Person> = {}): Person & { email: string } {
  const number = ++people;
  const email = `person-${number}@example.org`;
  return {
    sub: `subject-${number}`,
    email,
    email_verified: true,
    xms_edov: true,
    name: 'Ada Lovelace',
    ...more,
  };
}

/** Our application beside the four kinds of providers it signs people in with. */
export class Elsewhere {
  private constructor(
    readonly app: TestApp,
    readonly issuers: Record<Exclude<ProviderName, 'github'>, OidcIssuer>,
    readonly github: GitHubServer,
    private readonly env: Record<string, string>,
  ) {}

  /** @param weakened defences of the application to take away. */
  static async start(more: Record<string, string> = {}, weakened?: readonly Mutation[]): Promise<Elsewhere> {
    const back = (name: ProviderName) => `${PUBLIC}/api/v1/auth/${name}/callback`;
    const google = await OidcIssuer.start(back('google'));
    const microsoft = await OidcIssuer.start(back('microsoft'), '/contoso/v2.0');
    const acme = await OidcIssuer.start(back('acme'));
    const github = await GitHubServer.start();
    const env = {
      PUBLIC_URL: PUBLIC,
      OAUTH_REDIRECT_URIS: `${APPLICATION},${OTHER_APPLICATION}`,
      GOOGLE_CLIENT_ID: CLIENT.id,
      GOOGLE_CLIENT_SECRET: CLIENT.secret,
      GOOGLE_AUTHORIZE_URL: `${google.url}/auth`,
      GOOGLE_TOKEN_URL: `${google.url}/token`,
      GOOGLE_USERINFO_URL: `${google.url}/userinfo`,
      GITHUB_CLIENT_ID: CLIENT.id,
      GITHUB_CLIENT_SECRET: CLIENT.secret,
      GITHUB_AUTHORIZE_URL: `${github.url}/login/oauth/authorize`,
      GITHUB_TOKEN_URL: `${github.url}/login/oauth/access_token`,
      GITHUB_USERINFO_URL: `${github.url}/user`,
      MICROSOFT_CLIENT_ID: CLIENT.id,
      MICROSOFT_CLIENT_SECRET: CLIENT.secret,
      MICROSOFT_AUTHORITY: new URL(microsoft.url).origin,
      MICROSOFT_TENANT: 'contoso',
      OIDC_ACME_ISSUER: acme.url,
      OIDC_ACME_CLIENT_ID: CLIENT.id,
      OIDC_ACME_CLIENT_SECRET: CLIENT.secret,
      OIDC_ACME_DISPLAY_NAME: 'ACME',
      ...more,
    };
    const app = await TestApp.start({ env, ...(weakened === undefined ? {} : { weakened }) });
    return new Elsewhere(app, { google, microsoft, acme }, github, env);
  }

  replica(more: Record<string, string> = {}): Promise<TestApp> {
    return TestApp.start({ env: { ...this.env, ...more }, replicaOf: this.app });
  }

  async stop(): Promise<void> {
    await this.app.stop();
    for (const provider of [...Object.values(this.issuers), this.github]) await provider.stop();
  }

  browser(): Browser {
    return new Browser({ [PUBLIC]: this.app.url });
  }

  /** Whoever is at the browser from now on, at whichever provider; null declines. */
  seat(person: Person | null): void {
    for (const issuer of Object.values(this.issuers)) issuer.person = person;
    if (person === null) return;
    const id = Number(person.sub.replaceAll(/\D/g, ''));
    this.github.person = { id, login: `gh-${id}`, name: 'Ada Lovelace' };
    this.github.emails = [
      { email: 'elsewhere@example.org', primary: false, verified: true, visibility: null },
      { email: person.email, primary: true, verified: person.email_verified, visibility: 'private' },
    ];
  }

  /** Goes all the way; ends at the client's application. */
  go(provider: string, query = '', browser = this.browser()): Promise<Page> {
    return browser.open(`${PUBLIC}/api/v1/auth/${provider}${query}`);
  }

  /** Stops where the provider sends the browser back to us. */
  async callbackOf(provider: string, browser: Browser, query = ''): Promise<URL> {
    const begin = `${PUBLIC}/api/v1/auth/${provider}${query}`;
    return (await browser.open(begin, ({ pathname }) => pathname.endsWith('/callback'))).url;
  }

  exchange(code: string | null, more: object = {}): Promise<Answer> {
    return this.app.anyone.post('/auth/exchange', { code, ...more });
  }

  /** Signs somebody in to the end. */
  async signIn(provider: string, person: Person): Promise<SignedIn> {
    this.seat(person);
    const { url } = await this.go(provider);
    const { status, body } = await this.exchange(url.searchParams.get('code'));
    if (status !== 200) throw new Error(`${url.href} led to ${status}: ${JSON.stringify(body)}`);
    const { user } = body;
    const { id, email, username, organization_id: organizationId } = user;
    return withTokens({ id, email, username, organizationId }, body as GivenTokens);
  }

  /** Has somebody signed in here link a provider. */
  async link(user: { readonly token: string }, provider: string, browser = this.browser()): Promise<Page> {
    const url = new URL(`${PUBLIC}/api/v1/auth/identities`);
    const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' };
    const response = await browser.fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ provider }),
    });
    const { authorize_url: next } = (await response?.json()) as { authorize_url: string };
    return browser.open(next);
  }
}

export function errorOf({ url }: Page): string | null {
  return url.searchParams.get('error');
}
