import { Injectable } from '@nestjs/common';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { mustBeAllowedAddress, outboundLookup } from '../../common/http/outbound.js';
import { MarketConfig } from '../../config/market.js';
import type { MarketAccess } from '../market/market-data.port.js';

const CONNECT_MS = 3_000;
const REQUEST_MS = 10_000;
const ATTEMPTS = 3;

/** What all our tags on machines are named like. */
const TAG_PREFIX = 'cloudkeep:';
const TAGS = ['session', 'decision', 'target'] as const;

type Sdk = typeof import('@aws-sdk/client-ec2');

/** EC2 did not do it. The message is EC2's or the network's name of the failure and nothing else: theirs may hold what the request did. */
export class Ec2Failure extends Error {}

/**
 * What may be done to a machine, with the keys of its session and no others. The SDK
 * is loaded when it is first needed: most servers never do.
 */
@Injectable()
export class Ec2 {
  constructor(private readonly config: MarketConfig) {}

  /** @throws Ec2Failure, as all here. */
  async tag(
    access: MarketAccess,
    instanceId: string,
    tags: Partial<Record<(typeof TAGS)[number], string>>,
  ): Promise<void> {
    const Tags = Object.entries(tags).map(([name, Value]) => ({ Key: TAG_PREFIX + name, Value }));
    await this.ask(access, (client, { CreateTagsCommand }) =>
      client.send(new CreateTagsCommand({ Resources: [instanceId], Tags })),
    );
  }

  async untag(access: MarketAccess, instanceId: string): Promise<void> {
    const Tags = TAGS.map((name) => ({ Key: TAG_PREFIX + name }));
    await this.ask(access, (client, { DeleteTagsCommand }) =>
      client.send(new DeleteTagsCommand({ Resources: [instanceId], Tags })),
    );
  }

  async stop(access: MarketAccess, instanceId: string): Promise<void> {
    await this.ask(access, (client, { StopInstancesCommand }) =>
      client.send(new StopInstancesCommand({ InstanceIds: [instanceId] })),
    );
  }

  async terminate(access: MarketAccess, instanceId: string): Promise<void> {
    await this.ask(access, (client, { TerminateInstancesCommand }) =>
      client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] })),
    );
  }

  private async ask(
    access: MarketAccess,
    question: (client: EC2Client, sdk: Sdk) => Promise<unknown>,
  ): Promise<void> {
    const sdk = await import('@aws-sdk/client-ec2');
    const client = this.clientOf(access, sdk);
    try {
      await question(client, sdk);
    } catch (error) {
      throw new Ec2Failure(nameOf(error));
    } finally {
      client.destroy();
    }
  }

  private clientOf({ region, accessKeyId, secretAccessKey }: MarketAccess, { EC2Client }: Sdk): EC2Client {
    const { ec2Endpoint } = this.config;
    if (ec2Endpoint !== null) mustBeAllowedAddress(new URL(ec2Endpoint));
    const agent = { lookup: outboundLookup };
    return new EC2Client({
      region,
      credentials: { accessKeyId, secretAccessKey },
      // Said even where it is the usual one: the SDK would look for another in the environment.
      endpoint: ec2Endpoint ?? `https://ec2.${region}.amazonaws.com`,
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      defaultsMode: 'standard',
      retryMode: 'standard',
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: REQUEST_MS,
        throwOnRequestTimeout: true,
        httpAgent: agent,
        httpsAgent: agent,
      },
    });
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as NodeJS.ErrnoException;
  const name = typeof code === 'string' ? code : error.name;
  return /^[\w.-]{1,64}$/.test(name) ? name : 'unknown';
}
