import { mustHold } from './attack.js';
import type { Target } from './target.js';

/** A personal access token of whoever holds `token`. @throws NotTried */
export async function personalToken(
  target: Target,
  token: string,
  scopes: readonly string[],
): Promise<{ readonly id: string; readonly token: string }> {
  const body = { name: 'An attack', scopes };
  const made = await target.call('POST', '/auth/tokens', { token, body });
  mustHold(made.status === 201, `no personal token can be had (${made.status})`);
  return made.body as { id: string; token: string };
}
