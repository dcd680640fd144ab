import { GcsStore } from '../../../src/modules/storage/drivers/gcs.driver.js';
import { GcsServer } from '../../support/gcs-server.js';
import { describeObjectStore } from '../../support/object-store-contract.js';

describeObjectStore(
  'The Google Cloud Storage store',
  async () => {
    const server = await GcsServer.start();
    const store = new GcsStore(server.location());
    return {
      store,
      leftovers: () => server.leftovers(),
      close: async () => {
        await store.close();
        await server.stop();
      },
    };
  },
  { backend: 'gcs', signs: true },
);
