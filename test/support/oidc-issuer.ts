import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type KoaContextWithOIDC } from 'oidc-provider';

export const CLIENT = { id: 'cloudkeep', secret: 'a-client-secret-of-the-tests' };

/** Whoever sits at the browser, as the issuer knows them. */
export interface Person {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly [claim: string]: unknown;
}

type Claims = Record<string, unknown>;

/** A certified OpenID provider, in this process; it signs in whoever `person` is without a form. */
export class OidcIssuer {
  /** Null declines. */
  person: Person | null = null;
  /** What a hostile or broken issuer would make of its answers. */
  tamper: { idToken?: (claims: Claims) => Claims; userinfo?: (body: Claims) => unknown } = {};
  /** Puts another text in the place of the ID token. */
  replaceIdToken: ((claims: Claims) => string) | null = null;
  /** Paths asked for, to tell what was sent where. */
  readonly asked: string[] = [];

  private constructor(
    readonly url: string,
    private readonly server: Server,
    private readonly key: KeyObject,
  ) {}

  /** @param path below which it lives, as Microsoft's tenants and Keycloak's realms do. */
  static async start(redirectUri: string, path = ''): Promise<OidcIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const issuer = new OidcIssuer(url, server, privateKey);
    const provider = issuer.provider(redirectUri, path);
    const answer = provider.callback();
    server.on('request', (request, response) => {
      const local = (request.url ?? '').slice(path.length);
      issuer.asked.push(request.url ?? '');
      if (local.startsWith('/interaction/')) {
        const { person } = issuer;
        const result =
          person === null
            ? { error: 'access_denied', error_description: '<b>no</b>' }
            : { login: { accountId: person.sub } };
        void provider.interactionFinished(request, response, result);
        return;
      }
      Object.assign(request, { originalUrl: request.url, url: local });
      void answer(request, response);
    });
    return issuer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private provider(redirectUri: string, path: string): Provider {
    const jwk = { ...this.key.export({ format: 'jwk' }), kid: 'test', alg: 'RS256', use: 'sig' };
    const provider = withoutWarnings(
      () =>
        new Provider(this.url, {
          clients: [
            {
              client_id: CLIENT.id,
              client_secret: CLIENT.secret,
              redirect_uris: [redirectUri],
              token_endpoint_auth_method: 'client_secret_post',
            },
          ],
          jwks: { keys: [jwk] },
          cookies: { keys: ['only for tests'] },
          ttl: {
            Interaction: 600,
            Session: 600,
            Grant: 600,
            AccessToken: 600,
            AuthorizationCode: 60,
            IdToken: 600,
          },
          claims: { email: ['email', 'email_verified', 'xms_edov'], profile: ['name', 'preferred_username'] },
          features: { devInteractions: { enabled: false } },
          routes: { userinfo: '/userinfo' },
          interactions: { url: (_context, { uid }) => `${path}/interaction/${uid}` },
          pkce: { required: () => true },
          findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...this.person, sub }) }),
          loadExistingGrant: async ({ oidc }) => {
            const accountId = oidc.session?.accountId ?? '';
            const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client?.clientId ?? '' });
            grant.addOIDCScope('openid email profile');
            await grant.save();
            return grant;
          },
        }),
    );
    provider.use(async (context: KoaContextWithOIDC, next: () => Promise<void>) => {
      await next();
      this.spoil(context);
    });
    return provider;
  }

  private spoil(context: KoaContextWithOIDC): void {
    const { oidc } = context as { oidc?: { route?: string } };
    const body = context.body as Claims;
    if (oidc?.route === 'token' && typeof body.id_token === 'string') {
      const part = body.id_token.split('.')[1] ?? '';
      const claims = JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims;
      const { idToken } = this.tamper;
      if (idToken !== undefined) body.id_token = this.signed(idToken(claims));
      if (this.replaceIdToken !== null) body.id_token = this.replaceIdToken(claims);
    }
    if (oidc?.route === 'userinfo' && this.tamper.userinfo !== undefined) {
      context.body = this.tamper.userinfo(body);
    }
  }

  private signed(claims: Claims): string {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ alg: 'RS256', kid: 'test' })}.${encode(claims)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(this.key, 'base64url')}`;
  }
}

/** It warns of its store in memory, which is all that a test wants. */
function withoutWarnings<Made>(make: () => Made): Made {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return make();
  } finally {
    console.warn = warn;
  }
}
