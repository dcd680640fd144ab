import { S3Store } from '../../../src/modules/storage/drivers/s3.driver.js';
import { describeObjectStore } from '../../support/object-store-contract.js';
import { S3Server } from '../../support/s3-server.js';

describeObjectStore(
  'The S3 store',
  async () => {
    const server = await S3Server.start();
    const store = new S3Store(server.location());
    return {
      store,
      leftovers: () => server.leftovers(),
      close: async () => {
        await store.close();
        await server.stop();
      },
    };
  },
  { backend: 's3', signs: true },
);
