import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
/** No engine runs in CI: what can be read of the deployment is held against the code, and what can be run without one is run. */
export const ROOT = join(import.meta.dirname, '..', '..');
export const MANIFESTS = join(ROOT, 'docker', 'kubernetes');
export const PINNED_IMAGE =
  /^[a-z0-9][a-z0-9._/-]*(:[0-9]+\/[a-z0-9._/-]+)?:(?!latest$)[\w.-]+(@sha256:[0-9a-f]{64})?$/;
export const NAME = 'app.kubernetes.io/name';
export const COMPONENT = 'app.kubernetes.io/component';
export const API_LABELS = { [NAME]: 'cloudkeep', [COMPONENT]: 'api' };

/** The kinds we use and the one version of each that every supported Kubernetes serves. */
export const KINDS: Record<string, string> = {
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
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (node, key) =>
        typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined,
      value,
    );
}
export const recordAt = (value: unknown, path: string) => (at(value, path) ?? {}) as Record<string, unknown>;
export const listAt = (value: unknown, path: string) => (at(value, path) ?? []) as unknown[];
export const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');

export const manifestFiles = readdirSync(MANIFESTS).filter((file) => file !== 'kustomization.yaml');
export const manifests = readdirSync(MANIFESTS).flatMap((file) =>
  parseAllDocuments(text(`docker/kubernetes/${file}`), { strict: true, uniqueKeys: true }).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as unknown;
  }),
);
export function manifest(kind: string): unknown {
  const found = manifests.filter((candidate) => at(candidate, 'kind') === kind);
  if (found.length !== 1) throw new Error(`${found.length} manifests of kind ${kind}`);
  return found[0];
}

export const compose: unknown = parse(text('docker/compose.yml'), { strict: true });
export const services = recordAt(compose, 'services');
export const app = services.app;

export interface Instruction {
  readonly keyword: string;
  readonly argument: string;
}
export const dockerfile: Instruction[] = text('docker/Dockerfile')
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => ({
    keyword: line.split(/\s/, 1)[0] ?? '',
    argument: line.replace(/^\S+\s+/, '').replace(/\s+/g, ' '),
  }));
export const lastFrom = dockerfile.findLastIndex(({ keyword }) => keyword === 'FROM');
export const finalStage = dockerfile.slice(lastFrom);
export const inFinal = (wanted: string) =>
  finalStage.filter(({ keyword }) => keyword === wanted).map(({ argument }) => argument);
export const imageEnv = Object.fromEntries(
  inFinal('ENV').flatMap((line) => [...line.matchAll(/(\w+)=(\S+)/g)].map((match) => [match[1], match[2]])),
) as Record<string, string>;

export const documentedSettings = () =>
  [...text('.env.example').matchAll(/^(?:# ?)?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
export const configuration = () => recordAt(manifest('ConfigMap'), 'data') as Record<string, string>;
export const secretKeys = () => Object.keys(recordAt(manifest('Secret'), 'stringData'));

/** Runs make-env.sh in a folder of its own and hands its folder over. */
export function withMadeEnv<T>(use: (folder: string, run: () => string) => T): T {
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
export const readDotenv = (folder: string) =>
  Object.fromEntries(
    [...readFileSync(join(folder, '.env'), 'utf8').matchAll(/^(\w+)=(.*)$/gm)].map((match) => [
      match[1],
      match[2],
    ]),
  ) as Record<string, string>;

/** Compose's `${NAME:-default}` and `${NAME:?message}`. */
export const interpolate = (value: string, env: Record<string, string>) =>
  value.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, operator: string, rest: string) => {
    if (env[name]) return env[name];
    if (operator === '-') return rest;
    throw new Error(`${name}: ${rest}`);
  });
