import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * For the specs of an earlier release (see .ci/upgrade): its own set-up, after
 * which the migrations of this checkout run over its template, as an upgrade
 * would. Its application knows nothing of them.
 */
export default async function upgradedSetup(globalConfig, projectConfig) {
  const its = pathToFileURL(join(projectConfig.rootDir, 'test', 'support', 'global-setup.js'));
  const { default: setUp } = await import(its.href);
  await setUp(globalConfig, projectConfig);
  const { migrate } = await import('../../dist/src/database/migrate.js');
  const ran = await migrate(process.env.TEST_POSTGRES_TEMPLATE_URL);
  console.log(`Migrations since that release: ${ran.length === 0 ? 'none' : ran.join(', ')}`);
}
