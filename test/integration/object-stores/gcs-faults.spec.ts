import { GcsStore } from '../../../src/modules/storage/drivers/gcs.driver.js';
import { GcsServer } from '../../support/gcs-server.js';
import { describeCloudFaults } from '../../support/object-stores/cloud-faults.js';
import { MIB } from '../../support/object-stores/stage.js';

const json = (code: number, reason: string) =>
  JSON.stringify({ error: { code, message: reason, errors: [{ reason }] } });

describeCloudFaults({
  name: 'Google Cloud Storage',
  start: async () => {
    const server = await GcsServer.start();
    return {
      server,
      open: (endpoint, patience) => new GcsStore(server.location({ endpoint }), patience, 2 * MIB),
    };
  },
  busy: { status: 503, body: json(503, 'backendError') },
  broken: { status: 500, body: json(500, 'backendError') },
  forbidden: { status: 403, body: json(403, 'forbidden') },
  full: { status: 507, body: json(507, 'insufficientStorage') },
});
