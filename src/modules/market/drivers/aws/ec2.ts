import { setMaxListeners } from 'node:events';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { Ec2Clients, type Ec2ClientLimits } from '../../../../common/aws/ec2-clients.js';
import type { MarketAccess } from '../../market-data.port.js';
import { marketErrorOf } from './aws-errors.js';

export interface Ec2Limits extends Ec2ClientLimits {
  /** Of a question with all its pages and attempts. */
  readonly callMs: number;
}

export const EC2_LIMITS: Ec2Limits = { connectMs: 3_000, requestMs: 10_000, callMs: 20_000, attempts: 4 };

/** Asks EC2 in somebody's name; `options` goes with every `send`. */
export type Question<T> = (client: EC2Client, options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** EC2 as one account sees it. */
export class Ec2 {
  private readonly clients: Ec2Clients;

  /** @throws OutboundError where the endpoint is a metadata service. */
  constructor(
    endpoint: string | null,
    private readonly limits: Ec2Limits = EC2_LIMITS,
  ) {
    this.clients = new Ec2Clients(endpoint, limits);
  }

  /**
   * @param instanceId of whom is asked, for the words of an error.
   * @throws AppError of the market.
   */
  async ask<T>(access: MarketAccess, question: Question<T>, instanceId?: string): Promise<T> {
    const client = await this.clients.open(access);
    const deadline = AbortSignal.timeout(this.limits.callMs);
    const over = new AbortController();
    const abortSignal = AbortSignal.any([over.signal, deadline]);
    // Each request of the question listens to it.
    setMaxListeners(0, abortSignal);
    try {
      // The SDK does not wake from its back-off.
      return await Promise.race([question(client, { abortSignal }), aborted(abortSignal)]);
    } catch (error) {
      throw marketErrorOf(error, { region: access.region, instanceId, late: deadline.aborted });
    } finally {
      // Pages and attempts that a failed question leaves behind end with it.
      over.abort();
      client.destroy();
    }
  }
}

/**
 * Every page there is, `most` at most.
 *
 * @param ask for the page that a token names; the first without.
 */
export async function pagesOf<Page extends { readonly NextToken?: string | undefined }>(
  most: number,
  ask: (NextToken: string | undefined) => Promise<Page>,
): Promise<Page[]> {
  const pages: Page[] = [];
  let token: string | undefined;
  do {
    const page: Page = await ask(token);
    pages.push(page);
    // EC2 writes an empty token on the last page.
    token = page.NextToken === '' ? undefined : page.NextToken;
  } while (token !== undefined && pages.length < most);
  return pages;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
