import { AppError } from '../../../common/errors/app-error.js';
import type { AzureLocation } from '../../../config/storage.js';
import { StorageErrors } from '../storage.errors.js';
import { networkFault, unavailable, type FaultKind } from './cloud-fault.js';

/** What the SDK's `RestError` tells; its request, which holds the signature, is left where it is. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly details?: { readonly errorCode?: string; readonly requestId?: string };
}

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const KINDS: Readonly<Record<string, FaultKind>> = {
  ContainerNotFound: 'missing_bucket',
  ContainerDisabled: 'missing_bucket',
  ContainerBeingDeleted: 'server_error',
  AuthenticationFailed: 'credentials',
  InvalidAuthenticationInfo: 'credentials',
  NoAuthenticationInformation: 'credentials',
  AccountIsDisabled: 'forbidden',
  ServerBusy: 'throttled',
  OperationTimedOut: 'timeout',
  PARSE_ERROR: 'truncated',
};

export function isContainerMissing(error: unknown): boolean {
  return codeOf(error) === 'ContainerNotFound';
}

/** An error of the SDK, met on the way to the object of `key`, in our words. */
export function azureError(error: unknown, location: AzureLocation, key: string): unknown {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const status = statusOf(error);
  if (status === 404 && !code.startsWith('Container')) return StorageErrors.objectNotFound(key);
  if (status === 416) return StorageErrors.rangeNotSatisfiable(0);
  if (status === 507) return StorageErrors.full();
  const kind = KINDS[code] ?? kindOf(status);
  if (kind !== null) return unavailable(kind, sentence(kind, location, answer(error, code, status)));
  if (code === 'AbortError') return unavailable('connection', 'Azure broke the connection off');
  return networkFault('Azure', error) ?? unavailable('unexpected', `Azure failed: ${code}`);
}

function kindOf(status: number | undefined): FaultKind | null {
  if (status === undefined) return null;
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return 'missing_bucket';
  if (status === 429 || status === 503) return 'throttled';
  if (status === 408) return 'timeout';
  return status >= 500 ? 'server_error' : 'unexpected';
}

function sentence(kind: FaultKind, { container }: AzureLocation, said: string): string {
  switch (kind) {
    case 'missing_bucket':
      return `There is no container ${container}: make it, or let the key make it (${said})`;
    case 'credentials':
      return `Azure does not accept the credentials: correct AZURE_STORAGE_CONNECTION_STRING, or the machine's clock (${said})`;
    case 'forbidden':
      return `The credentials may not do this in container ${container}: see docs/storage-clouds.md (${said})`;
    case 'throttled':
      return `Azure is throttling or not ready (${said})`;
    default:
      return `Azure failed (${said})`;
  }
}

function codeOf(error: unknown): string {
  const { name, code, details } = error as SdkError;
  return details?.errorCode ?? code ?? name ?? 'Error';
}

function statusOf(error: unknown): number | undefined {
  return (error as SdkError).statusCode;
}

function answer(error: unknown, code: string, status: number | undefined): string {
  const id = (error as SdkError).details?.requestId;
  return [status, code, id === undefined ? undefined : `request ${id}`]
    .filter((one) => one !== undefined)
    .join(' ');
}
