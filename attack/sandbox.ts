import { mustHold } from './attack.js';
import type { Target } from './target.js';

/** What a sandbox session is opened over. The keys are those of AWS's own examples. */
export const MACHINE = {
  instance_id: 'i-0abcd1234ef567890',
  instance_type: 'm5.large',
  availability_zone: 'eu-west-1a',
  aws_region: 'eu-west-1',
  aws_access_key: 'AKIAIOSFODNN7EXAMPLE',
  aws_secret_key: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** A session over it that ends soon by itself, should nothing else end it. */
export const SESSION = { ...MACHINE, ttl_minutes: 15 };

/** Opens a sandbox session, which ends with the attack. @returns its id. */
export async function sandboxSession(target: Target, token: string): Promise<string> {
  const { status, body } = await target.call('POST', '/sandbox/sessions', { token, body: SESSION });
  mustHold(status === 201, `no sandbox session could be opened (${status})`);
  target.afterwards(() => target.call('DELETE', `/sandbox/sessions/${body.id}`, { token }));
  return body.id as string;
}
