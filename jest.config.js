import { realpathSync } from 'node:fs';

const native = '<rootDir>/test/support/native/transform.js';
const pattern = (path) => path.replaceAll(/[^\w/]/g, '\\$&');
const root = pattern(import.meta.dirname);
const libraries = pattern(realpathSync(`${import.meta.dirname}/node_modules`));

/** Unit tests sit beside their file; everything else under test/, against a real PostgreSQL. */
export default {
  testEnvironment: '<rootDir>/test/support/native/environment.js',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Built as well, and of one name: not for Jest, which would wonder which of the two to take.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/coverage/'],
  transformIgnorePatterns: [],
  transform: {
    [`^${libraries}/.+\\.[cm]?js$`]: native,
    [`^${root}/test/support/native/.+\\.js$`]: native,
    [`^${root}/(src|migrations|sdk/src)/.+(?<!\\.spec)\\.ts$`]: native,
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  testSequencer: '<rootDir>/test/support/longest-first.js',
  // One more than the cores of a small machine: many wait for servers and browsers of their own.
  maxWorkers: 3,
  // A context that a test has left behind is not always given back.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};
