import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LINES } from '../../../attack/lines.js';
import { TestApp } from '../../support/app.js';

const COMMAND = join(import.meta.dirname, '..', '..', '..', 'dist', 'attack', 'run.js');

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { PATH: process.env.PATH, ...env } });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, errors };
}

let app: TestApp;
let weakened: TestApp;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cloudkeep-attack-'));
  app = await TestApp.start();
  const goesOn = { from: 'session?.ended_at !== null ||', to: 'session === null ||' };
  weakened = await TestApp.start({
    replicaOf: app,
    weakened: [{ file: 'src/modules/auth/session-principal.js', ...goesOn }],
  });
});
afterAll(async () => {
  await weakened.stop();
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

const accounts = () =>
  app.database.query<{ username: string }>(`SELECT username FROM users WHERE username LIKE 'attack-%'`);

it('tells what held, and leaves no account behind where an administrator may delete them', async () => {
  const { token } = await app.given.signedIn({ role: 'admin' });
  const sarif = join(folder, 'held.sarif');
  const { code, out, errors } = await run(['--url', app.url, '--only', '2,5', '--sarif', sarif], {
    CLOUDKEEP_TOKEN: token,
  });
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(out).toMatch(/^ {3}2 {2}held .*An access token is dead at once after logout/m);
  expect(out).toMatch(/^ {3}5 {2}not tried .*\n +not from outside/m);
  expect(out).toContain('1 held, 0 went through, 1 not tried');
  expect(out).not.toContain(token);
  expect(await accounts()).toEqual([]);
  const [report] = JSON.parse(readFileSync(sarif, 'utf8')).runs;
  expect(report.results).toEqual([]);
  expect(report.invocations[0].toolExecutionNotifications).toHaveLength(1);
});

it('tells what went through a weakened server, also as SARIF, and whom it left there', async () => {
  const sarif = join(folder, 'through.sarif');
  const { code, out } = await run(['--url', weakened.url, '--only', '2', '--sarif', sarif]);
  expect(code).toBe(1);
  expect(out).toMatch(/^ {3}2 {2}WENT THROUGH .*\n +The access token works on after logout\.$/m);
  const [{ username }] = (await accounts()) as [{ username: string }];
  expect(out).toContain(`These accounts stay: ${username}`);
  const { version, runs } = JSON.parse(readFileSync(sarif, 'utf8'));
  expect([version, runs.length]).toEqual(['2.1.0', 1]);
  const { tool, results } = runs[0];
  expect(tool.driver.rules).toHaveLength(Object.keys(LINES).length);
  for (const rule of tool.driver.rules)
    expect(rule).toMatchObject({
      id: expect.stringMatching(/^cloudkeep\/\d\d$/),
      helpUri: expect.stringMatching(/^https:\/\/[^\s]+$/),
    });
  expect(results).toEqual([
    expect.objectContaining({
      ruleId: 'cloudkeep/02',
      ruleIndex: 1,
      level: 'error',
      message: { text: 'The access token works on after logout.' },
    }),
  ]);
  expect(tool.driver.rules[results[0].ruleIndex].helpUri).toBe(
    'https://github.com/advisories/GHSA-g65h-35f3-x2w3',
  );
});

it('says in a line what is in its way', async () => {
  const stranger = createServer((_, response) => response.end('It works!')).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const strange = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const cases = [
    [['--url', 'http://127.0.0.1:1'], /^No server answers at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)\.\n$/],
    [['--url', strange], /^What answers at http:\/\/127\.0\.0\.1:\d+ is no Cloudkeep\.\n$/],
    [['--url', 'localhost'], /^--url is no address such as .*\n$/],
    [['--url', strange, '--only', '99'], /^--only takes the numbers of lines.*\n$/],
    [[], /^Usage: npm run attack -- --url /],
  ] as const;
  const outcomes = await Promise.all(cases.map(([args]) => run(args)));
  stranger.close();
  for (const [index, outcome] of outcomes.entries())
    expect(outcome).toEqual({ code: 2, out: '', errors: expect.stringMatching(cases[index]?.[1] ?? /$^/) });
});
