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
