import { AzureStore } from '../../../src/modules/storage/drivers/azure.driver.js';
import { AzureServer } from '../../support/azure-server.js';
import { describeCloudFaults } from '../../support/object-stores/cloud-faults.js';
import { MIB } from '../../support/object-stores/stage.js';

describeCloudFaults({
  name: 'Azure',
  start: async () => {
    const server = await AzureServer.start();
    const account = new URL(server.url).pathname;
    return {
      server,
      open: (url, patience) => {
        const connectionString = server.connectionString(url + account);
        const sizes = { partBytes: 2 * MIB, mostAtOnce: 5_000 * MIB, mostCopied: 256 * MIB };
        return new AzureStore(server.location({ connectionString }), patience, sizes);
      },
    };
  },
  busy: { status: 503, headers: { 'x-ms-error-code': 'ServerBusy' } },
  broken: { status: 500, headers: { 'x-ms-error-code': 'InternalError' } },
  forbidden: { status: 403, headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' } },
  full: { status: 507 },
});
