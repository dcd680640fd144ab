import base from '../../jest.config.js';

/** The unit tests alone: they need no database. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  testEnvironment: '<rootDir>/test/mutants/environment.js',
  testTimeout: 5_000,
  globalSetup: undefined,
  globalTeardown: undefined,
};
