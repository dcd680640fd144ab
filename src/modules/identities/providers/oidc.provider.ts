import { createHash } from 'node:crypto';
import type { ClientAuth, Configuration, CustomFetch, IDToken, UserInfoResponse } from 'openid-client';
import { outboundFetch, OUTBOUND_TIMEOUT_MS } from '../../../common/http/outbound.js';
import { secondsAfter, type Clock } from '../../../common/time/clock.js';
import type { OidcSettings } from '../../../config/sign-in-providers.js';
import type { Attempt, ExternalPerson, Provider } from './provider.js';

/** An issuer may move its endpoints. */
const METADATA_LASTS_SECONDS = 3600;

interface Discovered {
  readonly configuration: Promise<Configuration>;
  readonly until: Date;
}

/** Any OpenID Connect issuer. Its ID token must be signed by it, for us, for this very attempt. */
export class OidcProvider implements Provider {
  readonly name: string;
  readonly displayName: string;
  private discovered: Discovered | null = null;

  constructor(
    private readonly settings: OidcSettings,
    private readonly clock: Clock,
  ) {
    this.name = settings.name;
    this.displayName = settings.displayName;
  }

  async authorizeUrl({ callbackUrl, state, nonce, verifier }: Attempt): Promise<string> {
    const { buildAuthorizationUrl } = await import('openid-client');
    const parameters = {
      redirect_uri: callbackUrl,
      scope: this.settings.scopes,
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    return buildAuthorizationUrl(await this.configuration(), parameters).href;
  }

  async person(
    answer: URLSearchParams,
    { callbackUrl, state, nonce, verifier }: Attempt,
  ): Promise<ExternalPerson> {
    const { authorizationCodeGrant, fetchUserInfo } = await import('openid-client');
    const configuration = await this.configuration();
    const current = new URL(callbackUrl);
    current.search = answer.toString();
    const tokens = await authorizationCodeGrant(configuration, current, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('The issuer sent no ID token');
    const asks = claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined;
    if (!asks) return personOf(claims);
    return personOf({ ...claims, ...(await fetchUserInfo(configuration, tokens.access_token, claims.sub)) });
  }

  /** Asked for once an hour; a failure is not kept. */
  private configuration(): Promise<Configuration> {
    const now = this.clock.now();
    if (this.discovered !== null && this.discovered.until > now) return this.discovered.configuration;
    const configuration = this.discover();
    const discovered = { configuration, until: secondsAfter(now, METADATA_LASTS_SECONDS) };
    this.discovered = discovered;
    configuration.catch(() => {
      if (this.discovered === discovered) this.discovered = null;
    });
    return configuration;
  }

  private async discover(): Promise<Configuration> {
    const client = await import('openid-client');
    const { issuer, clientId, clientSecret } = this.settings;
    // The signature is checked even of what comes straight from the issuer over TLS.
    const execute = [client.enableNonRepudiationChecks];
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- so marked to stand out only; the setting allows http on this machine alone
    if (issuer.protocol === 'http:') execute.push(client.allowInsecureRequests);
    const [inBody, inHeader] = [
      client.ClientSecretPost(clientSecret),
      client.ClientSecretBasic(clientSecret),
    ];
    const authenticate: ClientAuth = (server, ...rest) => {
      // The header is what an issuer takes that says nothing (OpenID Connect Discovery section 3).
      const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = server;
      (methods.includes('client_secret_post') ? inBody : inHeader)(server, ...rest);
    };
    return client.discovery(issuer, clientId, undefined, authenticate, {
      execute,
      timeout: OUTBOUND_TIMEOUT_MS / 1000,
      [client.customFetch]: fetchSafely,
    });
  }
}

const fetchSafely: CustomFetch = (url, { method, headers, body }) =>
  outboundFetch(url, {
    method,
    headers,
    // Of the bodies it may have, only forms are ever sent to an issuer.
    ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
  });

function personOf(claims: Partial<IDToken & UserInfoResponse>): ExternalPerson {
  return {
    subject: claims.sub,
    email: claims.email,
    emailVerified: isTrue(claims.email_verified) || isTrue(claims.xms_edov),
    fullName: claims.name,
    username: claims.preferred_username,
  };
}

/** Some write it as text or number; Microsoft vouches for an address by `xms_edov` alone. */
function isTrue(claim: unknown): boolean {
  return claim === true || claim === 'true' || claim === 1 || claim === '1';
}
