import base from '../../jest.config.js';

/** The unit tests alone: they need no database. */
const { globalSetup: _database, globalTeardown: _end, ...config } = base;
export default {
  ...config,
  rootDir: '../..',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  testEnvironment: '<rootDir>/test/mutants/environment.js',
  testTimeout: 5_000,
};
