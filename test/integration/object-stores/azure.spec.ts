import { AzureStore } from '../../../src/modules/storage/drivers/azure.driver.js';
import { AzureServer } from '../../support/azure-server.js';
import { describeObjectStore } from '../../support/object-store-contract.js';

describeObjectStore(
  'The Azure store',
  async () => {
    const server = await AzureServer.start();
    const store = new AzureStore(server.location());
    return {
      store,
      close: async () => {
        await store.close();
        await server.stop();
      },
    };
  },
  // A shared access signature can not say which type and size it is for.
  { backend: 'azure', signs: true, bindsUploads: false },
);
