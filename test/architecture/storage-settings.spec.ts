import { ConfigurationError, readEnv } from '../../src/config/env.js';

const start = (prefix: string) => () => readEnv({ STORAGE_PREFIX: prefix });

describe('a prefix of all keys', () => {
  it.each(['', 'production/', 'a/b.c/', '..a/', '.hidden/', 'a../', '.../'])('may be "%s"', (prefix) => {
    expect(start(prefix)().STORAGE_PREFIX).toBe(prefix);
  });

  it.each(['../', 'a/../', './', 'a/./b/', '..', '/', '/a/', 'a//', 'a', 'a\\/'])(
    'may not be "%s", which is said at the start',
    (prefix) => {
      expect(start(prefix)).toThrow(ConfigurationError);
      expect(start(prefix)).toThrow(/STORAGE_PREFIX.*none of them \. or \.\./);
    },
  );
});

describe('a second store', () => {
  it.each([
    [{ STORAGE_REPLICA: 'ftp:somewhere' }, /STORAGE_REPLICA must be local:<folder>/],
    [{ LOCAL_STORAGE_PATH: '/a', STORAGE_REPLICA: 'local:/a/' }, /is the store of the files itself/],
    [{ ENVIRONMENT: 'production', STORAGE_REPLICA: 'memory:' }, /STORAGE_REPLICA can not be memory/],
  ])('%j is refused at the start', (settings, fault) => {
    expect(() => readEnv(settings as Record<string, string>)).toThrow(fault);
  });

  it('is any other', () => {
    const settings = { LOCAL_STORAGE_PATH: '/a', STORAGE_REPLICA: 'local:/b' };
    expect(readEnv(settings).STORAGE_REPLICA).toBe('local:/b');
  });
});
