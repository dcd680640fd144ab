import { S3Store } from '../../../src/modules/storage/drivers/s3.driver.js';
import { S3Server } from '../../support/s3-server.js';
import { describeCloudFaults } from '../../support/object-stores/cloud-faults.js';
import { MIB } from '../../support/object-stores/stage.js';

const xml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;

describeCloudFaults({
  name: 'S3',
  start: async () => {
    const server = await S3Server.start();
    // The least that a part may have.
    const sizes = { partBytes: 5 * MIB, mostAtOnce: 5_000 * MIB, copyPartBytes: 500 * MIB };
    return {
      server,
      open: (endpoint, patience) => new S3Store(server.location({ endpoint }), patience, sizes),
    };
  },
  busy: { status: 503, body: xml('SlowDown') },
  broken: { status: 500, body: xml('InternalError') },
  forbidden: { status: 403, body: xml('AccessDenied') },
  full: { status: 507, body: xml('InsufficientStorage') },
});
