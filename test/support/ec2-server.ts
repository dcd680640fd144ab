import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AwsKey } from '../../src/common/aws/ec2-clients.js';
import { answerOf, pageOf, xmlError, type Ec2World } from './ec2-answers.js';

/** What it does instead of answering. */
export type Ec2Fault = 'hang' | 'reset' | 'garbage' | { readonly status: number; readonly code: string };

export interface Ec2Request {
  readonly action: string;
  readonly region: string;
  readonly fields: URLSearchParams;
}

export const EC2_ACCOUNT = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** Somebody whose keys last an hour. */
export const EC2_TEMPORARY = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
  sessionToken: `IQoJb3JpZ2luX2VjEOr${'/'.repeat(3)}AQoDYXdzEJr+EXAMPLE${'token'.repeat(60)}==`,
};

const ACCOUNTS = new Map<string, AwsKey>(
  [EC2_ACCOUNT, EC2_TEMPORARY].map((account) => [account.accessKeyId, account]),
);

/**
 * EC2's query protocol on a free loopback port: form fields in, XML out, in pages,
 * signed (Signature Version 4) by one of the two accounts it knows. `/advisor.json` is
 * the file of the spot advisor.
 */
export class Ec2Server {
  readonly asked: Ec2Request[] = [];
  readonly world: Ec2World = { zones: [], types: [], prices: [], instances: [] };
  advisor: { status: number; body: string } = { status: 404, body: '' };
  advisorReads = 0;
  pageSize = 1_000;
  private readonly faults: Ec2Fault[] = [];
  private lasting: Ec2Fault | null = null;

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<Ec2Server> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const ec2 = new Ec2Server(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on('request', (request, response) => void ec2.answer(request, response));
    return ec2;
  }

  get advisorUrl(): string {
    return `${this.url}/advisor.json`;
  }

  get actions(): string[] {
    return this.asked.map(({ action }) => action);
  }

  /** Does each of these once, in turn. */
  failWith(...faults: Ec2Fault[]): void {
    this.faults.push(...faults);
  }

  /** Does this until told otherwise. */
  alwaysFailWith(fault: Ec2Fault | null): void {
    this.lasting = fault;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/advisor.json') {
      this.advisorReads++;
      response.writeHead(this.advisor.status, { 'content-type': 'application/json' }).end(this.advisor.body);
      return;
    }
    const body = await text(request);
    const fields = new URLSearchParams(body);
    const action = fields.get('Action') ?? '';
    this.asked.push({ action, region: scopeOf(request)?.region ?? '', fields });
    const fault = this.faults.shift() ?? this.lasting;
    if (fault === 'hang') return;
    if (fault === 'reset') return void request.socket.resetAndDestroy();
    const send = (status: number, xml: string): void =>
      void response.writeHead(status, { 'content-type': 'text/xml;charset=UTF-8' }).end(xml);
    if (fault === 'garbage') send(200, '<html><body>It works!</body>');
    else if (fault !== null) send(fault.status, xmlError(fault.code));
    else if (!isSigned(request, body)) send(401, xmlError('AuthFailure'));
    else this.sendPage(fields, action, send);
  }

  private sendPage(
    fields: URLSearchParams,
    action: string,
    send: (status: number, xml: string) => void,
  ): void {
    const answer = answerOf(this.world, action, fields);
    if ('error' in answer) {
      send(400, xmlError(answer.error));
      return;
    }
    const most = Math.min(this.pageSize, Number(fields.get('MaxResults') ?? this.pageSize));
    send(200, pageOf(action, answer, Number(fields.get('NextToken') ?? 0), most));
  }
}

interface Scope {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<accessKeyId>[^/]+)\/(?<day>\d{8})\/(?<region>[^/]+)\/ec2\/aws4_request, SignedHeaders=(?<signedHeaders>[^,]+), Signature=(?<signature>[0-9a-f]{64})$/;

function scopeOf({ headers }: IncomingMessage): Scope | undefined {
  return AUTHORIZATION.exec(headers.authorization ?? '')?.groups as Scope | undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function isSigned(request: IncomingMessage, body: string): boolean {
  const scope = scopeOf(request);
  const account = ACCOUNTS.get(scope?.accessKeyId ?? '');
  if (scope === undefined || account === undefined) return false;
  const { day, region, signedHeaders, signature } = scope;
  // Not EC2 but the front of all of AWS looks at it: it goes with temporary keys, signed, and with no others.
  if (request.headers['x-amz-security-token'] !== account.sessionToken) return false;
  if (account.sessionToken !== undefined && !signedHeaders.split(';').includes('x-amz-security-token'))
    return false;
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = ['POST', '/', '', headers.join(''), signedHeaders, sha256(body)].join('\n');
  const date = String(request.headers['x-amz-date']);
  const toSign = ['AWS4-HMAC-SHA256', date, `${day}/${region}/ec2/aws4_request`, sha256(canonical)].join(
    '\n',
  );
  const key = [day, region, 'ec2', 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${account.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex') === signature;
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
