import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CLIENT } from './oidc-issuer.js';

export interface GitHubPerson {
  readonly id?: unknown;
  readonly login: string;
  readonly name: string | null;
}

/** GitHub's OAuth endpoints and the two of its API that tell who somebody is, with PKCE as GitHub checks it. */
export class GitHubServer {
  person: GitHubPerson = { id: 1, login: 'nobody', name: null };
  emails: unknown = [];
  private readonly challenges = new Map<string, string>();

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<GitHubServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const github = new GitHubServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on('request', (request, response) => void github.answer(request, response));
    return github;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    if (pathname === '/login/oauth/authorize') {
      this.authorize(searchParams, response);
      return;
    }
    const json = (body: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (pathname === '/login/oauth/access_token')
      return void json(this.token(new URLSearchParams(await text(request))));
    if (request.headers.authorization !== 'Bearer gho_token') return void response.writeHead(401).end('{}');
    json(pathname === '/user' ? this.person : this.emails);
  }

  private authorize(query: URLSearchParams, response: ServerResponse): void {
    const code = randomUUID();
    if (query.get('code_challenge_method') === 'S256')
      this.challenges.set(code, query.get('code_challenge') ?? '');
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: back.href }).end();
  }

  private token(form: URLSearchParams): object {
    const code = form.get('code') ?? '';
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood = this.challenges.get(code) === challenge && form.get('client_secret') === CLIENT.secret;
    this.challenges.delete(code);
    // GitHub tells errors with 200.
    return isGood ? { access_token: 'gho_token', token_type: 'bearer' } : { error: 'bad_verification_code' };
  }
}
