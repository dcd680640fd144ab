/** How the commands of the documentation are known to work, beside those that a test types as they stand. */

/** Who runs it for us: files, and what in them shows that they do. */
export interface Covered {
  readonly by: string | readonly string[];
  readonly says: readonly string[];
}

/** Why nobody can run it here, and which files it names. */
export interface Unavailable {
  readonly because: string;
  readonly names?: readonly string[];
}

/** Of `npm run <name>`, `npm start`, `npm test`. */
export const SCRIPTS: Readonly<Record<string, Covered | Unavailable>> = {
  start: { by: '.ci/smoke', says: ['npm start'] },
  test: { by: '.ci/run', says: ['npm test'] },
  build: { by: '.ci/run', says: ['npm run --silent build'] },
  typecheck: { by: '.ci/run', says: ['npm run --silent typecheck'] },
  lint: { by: '.ci/run', says: ['npm run --silent lint'] },
  check: { by: 'package.json', says: ['npm run lint && npm run typecheck && npm test'] },
  format: { because: 'it changes the work tree' },
  demo: { by: 'test/e2e/demo.spec.ts', says: ["'demo', 'run.js'"] },
  capacity: { by: 'test/architecture/capacity.spec.ts', says: ['bench/capacity.js', '--help', '--users'] },
  attack: { by: 'test/e2e/attacks/command.spec.ts', says: ["'attack', 'run.js'", '--url', '--sarif'] },
  fuzz: { by: 'test/e2e/fuzz/routes.spec.ts', says: ['FUZZ_SECONDS', 'FUZZ_SEED'] },
  soak: { by: 'test/integration/soak.spec.ts', says: ['bench/soak.js', '--minutes'] },
  mutants: { because: 'it takes hours', names: ['stryker.config.js'] },
  bench: { because: 'it needs a machine that does nothing else' },
  'sdk:generate': { by: 'test/integration/openapi.spec.ts', says: ['sdk/generator.js'] },
};

/** Where the options are read of those that take some. */
export const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  attack: ['attack/run.ts'],
  capacity: ['bench/capacity.js', 'bench/capacity/assumptions.js'],
  fuzz: ['test/e2e/fuzz/run.js'],
  soak: ['bench/soak.js'],
};

/** Settings of commands, beside those of the application. */
export const COMMAND_SETTINGS: readonly string[] = ['CLOUDKEEP_TOKEN'];

/** Of `npm run cli -- <name>`: `says` with the options that the documentation uses. */
export const CLI: Readonly<Record<string, Covered>> = {
  migrate: { by: '.ci/migrations', says: ['cli migrate'] },
  'migrate:revert': { by: '.ci/migrations', says: ['cli migrate:revert'] },
  'migrate:plan': { by: 'test/integration/migration-plan.spec.ts', says: ["'migrate:plan'"] },
  'keys:rotate': { by: 'test/e2e/signing-key-rotation.spec.ts', says: ["'keys:rotate'", '--at-once'] },
  'keys:reencrypt': { by: 'test/e2e/keys-reencrypt.spec.ts', says: ["'keys:reencrypt'"] },
  'storage:check': { by: 'test/e2e/file-processes.spec.ts', says: ["'storage:check'", '--repair'] },
  'storage:copy': {
    by: 'test/e2e/storage-copy.spec.ts',
    says: ["'storage:copy'", '--from', '--to', '--verify', '--resume', '--parallel'],
  },
  'audit:verify': {
    by: 'test/e2e/audit-offline.spec.ts',
    says: ['runVerify', '--from', '--seals', '--keys'],
  },
  'audit:resume': { by: 'test/e2e/backups-increments.spec.ts', says: ["'audit:resume'"] },
  'backup:list': { by: 'test/e2e/backups-restore.spec.ts', says: ["'backup:list'"] },
  'backup:verify': { by: 'test/e2e/backups-restore.spec.ts', says: ["'backup:verify'"] },
  'backup:restore': {
    by: ['test/e2e/backups-restore.spec.ts', 'test/e2e/backups-increments.spec.ts'],
    says: ["'backup:restore'", '--to', '--dry-run', '--force', '--at'],
  },
  'backup:pgbackrest-config': {
    by: 'test/architecture/documented-commands.spec.ts',
    says: ["'backup:pgbackrest-config'"],
  },
};

/** The rest, by how they begin. */
export const OTHERS: Readonly<Record<string, Covered | Unavailable>> = {
  'npm ci': { by: '.ci/run', says: ['npm ci'] },
  'npm pack ./dist/sdk': { by: 'test/integration/sdk-package.spec.ts', says: ["'pack'", "'dist/sdk'"] },
  'npx vite console': { because: 'it serves until it is stopped', names: ['console/vite.config.ts'] },
  'docker build -f docker/Dockerfile': { because: 'there is no Docker', names: ['docker/Dockerfile'] },
  'docker compose up': { because: 'there is no Docker', names: ['docker/compose.yml'] },
  'docker run --rm -p 4318:4318': { because: 'there is no Docker' },
  'cd docker': { because: 'its folder is there', names: ['docker'] },
  './make-env.sh': { by: 'test/architecture/docker.spec.ts', says: ['withMadeEnv'] },
  'kubectl apply -k docker/kubernetes': {
    because: 'there is no cluster',
    names: ['docker/kubernetes/kustomization.yaml'],
  },
  '.ci/upgrade': { by: '.ci/run', says: ['.ci/upgrade'] },
  'apt-get install postgresql-client-18': { because: 'it changes the machine' },
  'apt-get install pgbackrest': { because: 'it changes the machine' },
  'psql -h db.example.com': { because: 'it is for a server of yours' },
  'mkdir -p "$DATA_DIR"': { because: 'it is the shell' },
  'cp secrets.json "$DATA_DIR/"': { because: 'it is the shell' },
};
