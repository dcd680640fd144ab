import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { storesFaults } from './backups.js';
import { firstMessage } from './env.decorators.js';
import { isOidcSetting, readOidcIssuers } from './oidc-issuers.js';
import { productionFaults } from './production-rules.js';
import { readSettingFiles } from './setting-files.js';
import { Env, type Settings } from './settings.js';
import { providerFaults } from './sign-in-providers.js';

/** The configuration can't be used; the message lists every fault, one a line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly faults: readonly string[]) {
    super(`Configuration is not valid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Reads and checks the settings. The one place that looks at the environment.
 *
 * @throws ConfigurationError naming every bad key at once.
 */
export function readEnv(environment: NodeJS.ProcessEnv = processEnvironment()): Settings {
  const { values: source, faults: unread } = readSettingFiles(environment, isSetting);
  const given = Object.fromEntries(
    Object.entries(source).filter(([name, value]) => ENV_NAMES.includes(name) && value?.trim() !== ''),
  );
  const env = plainToInstance(Env, given, { exposeDefaultValues: true });
  const faults = validateSync(env, { validationError: { target: false, value: false } }).map(
    (error) => `${error.property} ${firstMessage(error.constraints, error.property)}`,
  );
  const oidc = readOidcIssuers(source);
  // Where the lists themselves are not valid, nothing more can be said of them.
  const missing = faults.length > 0 ? [] : [...providerFaults(env, oidc.issuers), ...storesFaults(env)];
  const all = [...unread, ...faults, ...oidc.faults, ...productionFaults(env), ...missing];
  if (all.length > 0) throw new ConfigurationError(all);
  return Object.assign(env, { oidcIssuers: oidc.issuers });
}

/** Whether this process is the `npm start` or `npm run start:prod` of somebody. */
export function isStartedByNpm({ npm_lifecycle_event: script }: NodeJS.ProcessEnv = process.env): boolean {
  return script === 'start' || script === 'start:prod';
}

/** The names of every setting, in no particular order. */
export const ENV_NAMES: readonly string[] = Object.keys(new Env());

const isSetting = (name: string) => ENV_NAMES.includes(name) || isOidcSetting(name);

/** Taken out of the process's own: no crash report and no child process has a secret from there. */
function processEnvironment(): NodeJS.ProcessEnv {
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const environment = { ...process.env };
  for (const name of Object.keys(environment)) if (isSetting(name)) Reflect.deleteProperty(process.env, name);
  return environment;
}
