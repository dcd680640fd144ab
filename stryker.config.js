const AT_HOME = {
  'src/common/access': [
    'access-policy',
    'access.guard',
    'actor',
    'authenticator',
    'credential',
    'csrf',
    'live-credentials',
    'scopes',
  ],
  'src/common/cache': ['pushed-cache'],
  'src/common/crypto': ['canonical-json', 'key-ring', 'sealer', 'secrets'],
  'src/common/http': ['client-ip', 'ip-networks', 'outbound-addresses'],
  'src/common/rate-limits': ['fixed-window.storage', 'rate-limit.guard', 'rate-limiter'],
  'src/modules/api-keys': ['credential-policy', 'credential-secret'],
  'src/modules/audit': ['chain-check', 'chain-record', 'signed-document'],
  'src/modules/auth': [
    'access-tokens',
    'evidence',
    'login-lockout',
    'refresh-rules',
    'session-principal',
    'signing-keys',
  ],
  'src/modules/files': ['content-disposition', 'file-name', 'signed-urls'],
  'src/modules/identities': ['browser-binding', 'redirects'],
  'src/modules/storage': ['object-key'],
  'src/modules/storage/drivers': ['local-folders', 'local-layout'],
  'src/modules/storage/wrappers': ['sealed-format'],
};

/**
 * Mutation tests of what security rests on, each file by the unit test beside it:
 * `npm run mutants`, or `npm run mutants -- --mutate src/common/access/csrf.ts` for one.
 */
export default {
  mutate: Object.entries(AT_HOME).flatMap(([folder, names]) => names.map((name) => `${folder}/${name}.ts`)),
  plugins: ['./test/mutants/runner.js', './test/mutants/wording.js'],
  testRunner: 'native-jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  ignorers: ['wording'],
  coverageAnalysis: 'perTest',
  buildCommand: 'npm run --silent build:server',
  ignorePatterns: ['bench', 'console', 'coverage', 'data', 'demo', 'dist', 'docker', 'docs'],
  tempDirName: 'coverage/mutants',
  concurrency: 1,
  maxTestRunnerReuse: 200,
  timeoutMS: 10_000,
  thresholds: { high: 98, low: 95, break: 90 },
  reporters: ['clear-text', 'progress', 'json', 'html'],
  clearTextReporter: { logTests: false, reportTests: false },
  jsonReporter: { fileName: 'coverage/mutants.json' },
  htmlReporter: { fileName: 'coverage/mutants.html' },
};
