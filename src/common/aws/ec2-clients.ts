import type { EC2Client } from '@aws-sdk/client-ec2';
import { mustBeAllowedAddress, outboundLookup } from '../http/outbound-addresses.js';

/** Of an account of AWS. */
export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a temporary key, whose id begins with ASIA; a lasting one, AKIA, has none. */
  readonly sessionToken?: string;
}

export interface Ec2ClientLimits {
  readonly connectMs: number;
  /** Of one request. */
  readonly requestMs: number;
  /** Of one request that is throttled or finds nobody, with the SDK's back-off between them. */
  readonly attempts: number;
}

/**
 * Clients of EC2, each for one account and one question: it knows only the key it
 * was given, and neither the server's own (environment, profile, role of the machine)
 * nor that of another caller can stand in for it. The SDK is loaded when the first
 * is opened: most servers never do.
 */
export class Ec2Clients {
  /**
   * @param endpoint null for Amazon's own, one for each region.
   * @throws OutboundError where the endpoint is a metadata service.
   */
  constructor(
    private readonly endpoint: string | null,
    private readonly limits: Ec2ClientLimits,
  ) {
    if (endpoint !== null) mustBeAllowedAddress(new URL(endpoint));
  }

  /** Whoever opens it destroys it. */
  async open({ region, ...credentials }: AwsKey & { readonly region: string }): Promise<EC2Client> {
    const { EC2Client } = await import('@aws-sdk/client-ec2');
    const { connectMs, requestMs, attempts } = this.limits;
    const agent = { lookup: outboundLookup };
    return new EC2Client({
      region,
      credentials,
      // Said even where it is the usual one: the SDK would look for another in the environment.
      endpoint: this.endpoint ?? `https://ec2.${region}.amazonaws.com`,
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      defaultsMode: 'standard',
      retryMode: 'standard',
      maxAttempts: attempts,
      requestHandler: {
        connectionTimeout: connectMs,
        requestTimeout: requestMs,
        throwOnRequestTimeout: true,
        httpAgent: agent,
        httpsAgent: agent,
      },
    });
  }
}
