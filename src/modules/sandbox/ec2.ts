import { Injectable } from '@nestjs/common';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { Ec2Clients, type Ec2ClientLimits } from '../../common/aws/ec2-clients.js';
import { errorCodeOf } from '../../telemetry/error-code.js';
import { MarketConfig } from '../../config/market.js';
import type { MarketAccess } from '../market/market-data.port.js';

const LIMITS: Ec2ClientLimits = { connectMs: 3_000, requestMs: 10_000, attempts: 3 };

/** What all our tags on machines are named like. */
const TAG_PREFIX = 'cloudkeep:';
const TAGS = ['session', 'decision', 'target'] as const;

type Sdk = typeof import('@aws-sdk/client-ec2');

/** EC2 did not do it. The message is EC2's or the network's name of the failure and nothing else: theirs may hold what the request did. */
export class Ec2Failure extends Error {}

/** What may be done to a machine, with the keys of its session and no others. */
@Injectable()
export class Ec2 {
  private readonly clients: Ec2Clients;

  constructor({ ec2Endpoint }: MarketConfig) {
    this.clients = new Ec2Clients(ec2Endpoint, LIMITS);
  }

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
    const client = await this.clients.open(access);
    try {
      await question(client, sdk);
    } catch (error) {
      throw new Ec2Failure(errorCodeOf(error));
    } finally {
      client.destroy();
    }
  }
}
