import { UsageError } from '../../../../common/errors/usage-error.js';
import type { BackupsConfig } from '../../../../config/backups.js';
import type { AzureLocation, S3Location, StoreLocation } from '../../../../config/storage.js';

export const PGBACKREST_USAGE = `backup:pgbackrest-config [--with-secrets]
                   print a pgbackrest.conf for the stores of the settings, the lines for
                   postgresql.conf and what to run next; the stores' keys only if asked
`;

const DEFAULT_STANZA = 'main';
/** More than anybody makes: Cloudkeep alone says what goes. */
const FOR_EVER = 9_999_999;
/** Of a store's name for the repository, within the same bucket or container. */
const FOLDER = '/backups/pgbackrest';

type Lines = readonly (readonly [name: string, value: string])[];

/** Prints the configuration for the settings at hand. @returns the exit code. @throws UsageError. */
export function runPgBackRestConfig(args: readonly string[], config: BackupsConfig): number {
  const unknown = args.find((arg) => arg !== '--with-secrets');
  if (unknown !== undefined) throw new UsageError(`${unknown} is not known`);
  process.stdout.write(pgbackrestConfiguration(config, args.includes('--with-secrets')));
  return 0;
}

/** @throws UsageError where a store is none that outlives the process. */
export function pgbackrestConfiguration(config: BackupsConfig, withSecrets: boolean): string {
  const stanza = config.pgbackrestStanza ?? DEFAULT_STANZA;
  const file = config.pgbackrestConfig ?? '/etc/pgbackrest/pgbackrest.conf';
  const option = config.pgbackrestConfig === null ? '' : ` --config=${file}`;
  const stores = [config.location, ...(config.replica === null ? [] : [config.replica])];
  return `# ${file}: readable by the server's user alone (chmod 640, chown postgres)
[global]
${stores.map((store, index) => repository(index + 1, store, withSecrets)).join('\n')}
compress-type=zst
start-fast=y
process-max=2

[${stanza}]
# The server's data_directory; pg1-host too, where that is another machine.
pg1-path=/var/lib/postgresql/18/main

# postgresql.conf, then restart the server:
#   wal_level = replica
#   archive_mode = on
#   archive_command = 'pgbackrest${option} --stanza=${stanza} archive-push %p'
#   archive_timeout = 60

# Then, as the server's user:
#   pgbackrest${option} --stanza=${stanza} stanza-create
#   pgbackrest${option} --stanza=${stanza} check
# and for Cloudkeep:
#   BACKUP_PGBACKREST_STANZA=${stanza}${config.pgbackrestConfig === null ? '' : `\n#   BACKUP_PGBACKREST_CONFIG=${file}`}
`;
}

function repository(number: number, store: StoreLocation, withSecrets: boolean): string {
  const secret: Secret = (value, what) => (withSecrets ? value : `<${what}>`);
  const lines: Lines = [
    ...placeOf(store, secret),
    ['bundle', 'y'],
    ['retention-full', `${FOR_EVER}`],
    ['cipher-type', 'aes-256-cbc'],
    ['cipher-pass', '<make one with: openssl rand -base64 48; keep it where ENCRYPTION_KEY is kept>'],
  ];
  return lines.map(([name, value]) => `repo${number}-${name}=${value}`).join('\n');
}

/** A secret, or what to put in its place. */
type Secret = (value: string, what: string) => string;

function placeOf(store: StoreLocation, secret: Secret): Lines {
  switch (store.backend) {
    case 'memory':
      throw new UsageError('a store in memory is gone with the process: set BACKUP_STORE');
    case 'local':
      return [['path', `${store.path}-pgbackrest`]];
    case 's3':
      return s3(store, secret);
    case 'azure':
      return azure(store, secret);
    case 'gcs':
      return [
        ['type', 'gcs'],
        ['path', FOLDER],
        ['gcs-bucket', store.bucket],
        ...(store.credentialsPath === null
          ? [['gcs-key-type', 'auto'] as const]
          : [['gcs-key', store.credentialsPath] as const]),
      ];
  }
}

function s3(store: S3Location, secret: Secret): Lines {
  const { host, port, isOwn } = s3Endpoint(store.endpoint, store.region);
  const { credentials } = store;
  const keys: Lines =
    credentials === null
      ? [['s3-key-type', 'auto']]
      : [
          ['s3-key', secret(credentials.accessKeyId, 'the access key')],
          ['s3-key-secret', secret(credentials.secretAccessKey, 'the secret key')],
        ];
  const own: Lines = [
    ['s3-uri-style', 'path'],
    ['storage-port', port],
  ];
  return [
    ['type', 's3'],
    ['path', FOLDER],
    ['s3-bucket', store.bucket],
    ['s3-region', store.region],
    ['s3-endpoint', host],
    ...(isOwn ? own : []),
    ...keys,
  ];
}

function azure(store: AzureLocation, secret: Secret): Lines {
  const fields = new Map(
    store.connectionString.split(';').map((field) => {
      const at = field.indexOf('=');
      return [field.slice(0, at), field.slice(at + 1)];
    }),
  );
  return [
    ['type', 'azure'],
    ['path', FOLDER],
    ['azure-container', store.container],
    ['azure-account', fields.get('AccountName') ?? '<the account>'],
    ['azure-endpoint', `blob.${fields.get('EndpointSuffix') ?? 'core.windows.net'}`],
    ['azure-key', secret(fields.get('AccountKey') ?? '<the key>', 'the account key')],
  ];
}

/** pgBackRest speaks TLS only, and wants a host. */
function s3Endpoint(endpoint: string | null, region: string) {
  if (endpoint === null) return { host: `s3.${region}.amazonaws.com`, port: '443', isOwn: false };
  const { hostname, port, protocol } = new URL(endpoint);
  if (protocol !== 'https:') throw new UsageError(`pgBackRest needs https, and the endpoint is ${endpoint}`);
  return { host: hostname, port: port === '' ? '443' : port, isOwn: true };
}
