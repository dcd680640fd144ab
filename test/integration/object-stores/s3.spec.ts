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

/** Any other server of the protocol, with a bucket of its own: S3_TEST_ENDPOINT, _BUCKET, _REGION, _KEY, _SECRET. */
const { S3_TEST_ENDPOINT: endpoint, S3_TEST_BUCKET: bucket = 'cloudkeep-test' } = process.env;
if (endpoint !== undefined) {
  const { S3_TEST_REGION: region = 'us-east-1', S3_TEST_KEY = '', S3_TEST_SECRET = '' } = process.env;
  const credentials = { accessKeyId: S3_TEST_KEY, secretAccessKey: S3_TEST_SECRET };
  const location = { backend: 's3', bucket, region, endpoint, credentials } as const;
  describeObjectStore(
    `The S3 store at ${endpoint}`,
    () => {
      const store = new S3Store({ ...location, serverSideEncryption: null, kmsKeyId: null });
      return Promise.resolve({ store, close: () => store.close() });
    },
    { backend: 's3', signs: true },
  );
}
