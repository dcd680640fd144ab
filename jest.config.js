/** Unit tests sit beside their file; everything else under test/, against a real PostgreSQL. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // CommonJS packages that require NestJS: see the transform.
  transformIgnorePatterns: ['/node_modules/(?!(nestjs-cls|@nestjs-cls/[^/]+|@nestjs/throttler)/)'],
  setupFiles: ['<rootDir>/test/support/require-esm.setup.js'],
  transform: {
    'node_modules/.+\\.js$': '<rootDir>/test/support/require-esm.transform.js',
    '^.+\\.ts$': [
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
  maxWorkers: 2,
  testTimeout: 30_000,
};
