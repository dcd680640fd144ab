import type { Config } from './config/config.js';
import { StartupError } from './database/startup-error.js';
import { SigningKeysService } from './modules/auth/signing-keys.service.js';
import { SigningKeysModule } from './modules/auth/signing-keys.module.js';
import { withPart } from './part-of-house.js';

/**
 * Makes a new key for access tokens; every replica hears of it.
 *
 * @param atOnce refuses the tokens of the old ones from now on.
 * @throws StartupError under HS256, whose key is a setting.
 */
export async function rotateSigningKey(
  config: Config,
  databaseUrl: string,
  atOnce: boolean,
): Promise<string> {
  const { jwtAlgorithm: algorithm, accessTokenSeconds } = config.auth;
  if (algorithm === 'HS256') {
    throw new StartupError(
      'JWT_ALGORITHM is HS256, whose key is JWT_SECRET_KEY: change it there, which ends every access token but no' +
        ' session, or use EdDSA, whose keys rotate without a break.',
    );
  }
  return withPart(config, databaseUrl, { imports: [SigningKeysModule] }, async (part) => {
    const id = await part.get(SigningKeysService).rotate(algorithm, atOnce);
    const others = atOnce
      ? 'Tokens of the others are refused from now on; refresh tokens and browser sessions go on.'
      : `Tokens of the others are accepted until they have expired (${accessTokenSeconds / 60} minutes).`;
    return `The new ${algorithm} key ${id} is published and signs in half a minute.\n${others}`;
  });
}
