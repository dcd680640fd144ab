import {
  BlobSASPermissions,
  ContainerClient,
  newPipeline,
  SASProtocol,
  StorageSharedKeyCredential,
  type BlockBlobClient,
  type RequestPolicyFactory,
} from '@azure/storage-blob';
import type { AzureLocation } from '../../../config/storage.js';
import type { SignOptions } from '../object-store.port.js';
import type { Agents } from './agents.js';
import { unavailable } from './cloud-fault.js';

/** The container of a location, asked through our agents, and once: who asks again is `persist`. */
export function containerOf(location: AzureLocation, agents: Agents): ContainerClient {
  const { url, credential } = read(location);
  const pipeline = newPipeline(credential, { retryOptions: { maxTries: 1 } });
  pipeline.factories.push(through(agents));
  return new ContainerClient(url, pipeline);
}

function read({ connectionString, container }: AzureLocation): ContainerClient {
  try {
    return new ContainerClient(connectionString, container);
  } catch {
    // What the client says of it may quote it.
    throw unavailable(
      'credentials',
      'AZURE_STORAGE_CONNECTION_STRING can not be read: copy it from "Access keys" of the storage account',
    );
  }
}

function through({ http, https }: Agents): RequestPolicyFactory {
  return {
    create: (next) => ({
      sendRequest: (request) => {
        request.agent = request.url.startsWith('https:') ? https : http;
        return next.sendRequest(request);
      },
    }),
  };
}

/**
 * The URL of a blob with a shared access signature; null where the connection string
 * is one itself, which can not make others.
 */
export async function sasUrl(
  blob: BlockBlobClient,
  permissions: 'r' | 'cw',
  seconds: number,
  { disposition, responseContentType }: Partial<SignOptions> = {},
): Promise<string | null> {
  if (!(blob.credential instanceof StorageSharedKeyCredential)) return null;
  return blob.generateSasUrl({
    permissions: BlobSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + seconds * 1000),
    protocol: blob.url.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
    ...(disposition === undefined ? {} : { contentDisposition: disposition }),
    ...(responseContentType === undefined ? {} : { contentType: responseContentType }),
  });
}

const POLL_MS = 500;

/** Azure copies when it finds the time; until then the target is there, but empty. */
export async function copyLarge(source: BlockBlobClient, target: BlockBlobClient): Promise<void> {
  try {
    const copying = await target.beginCopyFromURL(source.url, { intervalInMs: POLL_MS });
    const { copyStatus } = await copying.pollUntilDone();
    if (copyStatus !== 'success') throw unavailable('unexpected', `Azure ended a copy: ${copyStatus}`);
  } catch (error) {
    await target.deleteIfExists().catch(() => undefined);
    throw error;
  }
}
