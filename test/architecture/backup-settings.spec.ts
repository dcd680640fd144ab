import { buildConfig } from '../../src/config/config.js';
import { ConfigurationError, readEnv } from '../../src/config/env.js';

function faultsOf(settings: Record<string, string>): readonly string[] {
  try {
    readEnv(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}
const backupsOf = (settings: Record<string, string>) => buildConfig(readEnv(settings), '0').backups;

const SECOND = 's3:second?region=eu-west-1';

describe('the settings of backups', () => {
  it('keep them where files are, unless they say otherwise', () => {
    expect(backupsOf({ LOCAL_STORAGE_PATH: '/srv/files' })).toMatchObject({
      isScheduled: true,
      location: { backend: 'local', path: '/srv/files' },
      replica: null,
      retentionDays: 30,
    });
    expect(backupsOf({ BACKUP_STORE: 'local:/srv/backups' }).location).toEqual({
      backend: 'local',
      path: '/srv/backups',
    });
  });

  it('give a second store keys of its own, or those of the first', () => {
    const keys = { S3_ACCESS_KEY: 'ours', S3_SECRET_KEY: 'secret', BACKUP_REPLICA_STORE: SECOND };
    const own = { BACKUP_REPLICA_ACCESS_KEY: 'theirs', BACKUP_REPLICA_SECRET_KEY: 'other' };
    expect(backupsOf(keys).replica).toMatchObject({ credentials: { accessKeyId: 'ours' } });
    expect(backupsOf({ ...keys, ...own }).replica).toMatchObject({
      ...{ bucket: 'second', region: 'eu-west-1' },
      credentials: { accessKeyId: 'theirs', secretAccessKey: 'other' },
    });
    expect(backupsOf({ ...keys, ...own, BACKUP_STORE: 's3:first' }).location).toMatchObject({
      credentials: { accessKeyId: 'ours' },
    });
  });

  it.each([
    [{ BACKUP_STORE: 'ftp:somewhere' }, /^BACKUP_STORE must be local:<folder>/],
    [{ BACKUP_REPLICA_STORE: 'azure:box' }, /^BACKUP_REPLICA_STORE needs AZURE_STORAGE/],
    [{ BACKUP_REPLICA_STORE: SECOND, BACKUP_REPLICA_ACCESS_KEY: 'a' }, /belong together/],
    [
      { BACKUP_REPLICA_ACCESS_KEY: 'a', BACKUP_REPLICA_SECRET_KEY: 'b' },
      /is for a BACKUP_REPLICA_STORE in S3/,
    ],
    [{ BACKUP_STORE: 'local:/a', BACKUP_REPLICA_STORE: 'local:/a/' }, /is the store of the backups itself/],
    [{ LOCAL_STORAGE_PATH: '/a', BACKUP_REPLICA_STORE: 'local:/a' }, /is the store of the backups itself/],
    [{ BACKUP_RETENTION_DAYS: '0' }, /^BACKUP_RETENTION_DAYS must be at least 1/],
    [{ BACKUP_PGBACKREST_STANZA: '../x' }, /^BACKUP_PGBACKREST_STANZA must be the name of a stanza/],
  ])('%j is said at the start', (settings, fault) => {
    expect(faultsOf(settings as Record<string, string>)).toEqual([expect.stringMatching(fault)]);
  });

  it('refuse a store in memory in production', () => {
    const faults = faultsOf({ ENVIRONMENT: 'production', BACKUP_STORE: 'memory:' });
    expect(faults).toContainEqual(expect.stringMatching(/^BACKUP_STORE can not be memory in production/));
    expect(faultsOf({ BACKUP_STORE: 'memory:' })).toEqual([]);
  });
});
