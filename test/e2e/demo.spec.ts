import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApp } from '../support/app.js';
import { calmSeed } from '../support/sandbox.js';

const DEMO = join(import.meta.dirname, '..', '..', 'demo', 'run.js');
// eslint-disable-next-line no-control-regex -- what colours begin with.
const ESCAPE = /\u001b\[/;

interface Demo {
  readonly child: ChildProcess;
  readonly printed: { out: string; errors: string };
  readonly ended: Promise<number | null>;
}

function start(env: Readonly<Record<string, string>>): Demo {
  const child = spawn(process.execPath, [DEMO], { cwd: tmpdir(), env: { PATH: process.env.PATH, ...env } });
  const printed = { out: '', errors: '' };
  child.stdout.on('data', (piece: Buffer) => {
    printed.out += piece.toString();
    child.emit('printed');
  });
  child.stderr.on('data', (piece: Buffer) => (printed.errors += piece.toString()));
  return { child, printed, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function run(url: string, env: Readonly<Record<string, string>> = {}) {
  const { ended, printed } = start({ CLOUDKEEP_URL: url, ...env });
  return { code: await ended, ...printed };
}

const oneLine = (text: string) => expect.stringMatching(new RegExp(`^[^\n]*${text}[^\n]*\n$`)) as unknown;

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { MARKET_SEED: calmSeed() } });
});
afterAll(() => app.stop());

const sessions = () =>
  app.database.query('SELECT end_reason, sealed_credentials AS sealed FROM sandbox_sessions ORDER BY id');

describe('the demo', () => {
  it('shows a machine watched over, warned of and evacuated, its log live, and leaves no session open', async () => {
    const { code, out, errors } = await run(app.url);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(out).not.toMatch(ESCAPE);
    expect(out).toMatch(/^Registered demo-[0-9a-f]{12}@example\.com$/m);
    const seqs = [...out.matchAll(/^ +(\d+) (?:SCRAPER|FILTER|RISK|OPTIMIZER|SIGNAL|ACTUATOR|SYSTEM) /gm)];
    expect(seqs.map(([, seq]) => Number(seq))).toEqual(seqs.map((_, index) => index + 1));
    const decisions = [...out.matchAll(/ SYSTEM +Decided: (\w+)$/gm)].map(([, decision]) => decision);
    expect(decisions).toEqual([
      expect.stringMatching(/^(STAY|SWITCH)$/),
      expect.stringMatching(/^(STAY|SWITCH)$/),
      'DRAIN',
      'EVACUATE',
    ]);
    expect(out.match(/^ +rank +type +zone +price +crash +yield +verdict$/gm)).toHaveLength(4);
    expect(out).toMatch(/^ +1 +\S+\.\S+ +eu-west-1\w +\$\d\.\d+ +0\.\d{3} +\d+\.\d +selected$/m);
    expect(out).toMatch(/^ +- .*hardware_filter: arm64 is not x86_64$/m);
    expect(out).toMatch(/Savings: \$\S+ an hour instead of \$\S+ on demand, \d+\.\d\d %, \$\S+ a month/);
    expect(out).toMatch(/The session has ended: its owner ended it\n+$/);
    expect(await sessions()).toEqual([{ end_reason: 'deleted', sealed: null }]);
  });

  it('that is interrupted ends its session first', async () => {
    const before = (await sessions()).length;
    const { child, printed, ended } = start({ CLOUDKEEP_URL: app.url });
    while (!printed.out.includes(' SCRAPER ')) await once(child, 'printed');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(printed.errors).toBe('');
    expect((await sessions()).slice(before)).toEqual([{ end_reason: 'deleted', sealed: null }]);
  });

  it('says in a line what is in its way', async () => {
    const closed = await TestApp.start({ replicaOf: app, env: { REGISTRATION: 'closed' } });
    const busy = await TestApp.start({ replicaOf: app, env: { RATE_LIMIT_REGISTER: '1/3600' } });
    const stranger = createServer((_, response) => response.end('It works!')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const strange = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    const account = {
      username: 'first',
      email: 'first@example.com',
      password: 'violet kettle orbit 47 maple',
    };
    expect((await busy.anyone.post('/auth/register', account)).status).toBe(201);
    const [away, wrong, elsewhere, refused, limited] = await Promise.all([
      run('http://127.0.0.1:1'),
      run('localhost'),
      run(strange),
      run(closed.url),
      run(busy.url),
    ]);
    stranger.close();
    await closed.stop();
    await busy.stop();
    expect(away).toEqual({ code: 1, out: '', errors: oneLine('No server answers at http://127.0.0.1:1 ') });
    expect(wrong).toEqual({ code: 1, out: '', errors: oneLine('CLOUDKEEP_URL is no address') });
    expect(elsewhere).toEqual({ code: 1, out: '', errors: oneLine('no Cloudkeep') });
    expect(refused).toMatchObject({ code: 1, errors: oneLine('does not let people register') });
    expect(limited).toMatchObject({ code: 1, errors: oneLine('Try again in \\d+ s\\.') });
  });
});
