import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { jest } from '@jest/globals';
import { readEnv } from '../../src/config/env.js';
import { AuditChainRepository } from '../../src/modules/audit/audit-chain.repository.js';
import { AuditObjects } from '../../src/modules/audit/audit-objects.js';
import { AuditResumption } from '../../src/modules/audit/audit-resumption.js';
import { AuditSealsRepository } from '../../src/modules/audit/audit-seals.repository.js';
import { AuditJobs } from '../../src/modules/audit/audit.jobs.js';
import { AuditRepository } from '../../src/modules/audit/audit.repository.js';
import { thumbprintOf } from '../../src/modules/audit/signed-document.js';
import { runVerify } from '../../src/modules/audit/verify-command.js';
import { TestApp } from '../support/app.js';
import { Trail } from '../support/audit-chain.js';
import { logOf } from '../support/outbox.js';

let app: TestApp;
let trail: Trail;
let folder: string;
let lines: string[];
beforeAll(async () => {
  app = await TestApp.start();
  trail = await Trail.of(app);
  await trail.grow(6);
  await trail.seal();
  await trail.grow(2);
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  await trail.stored('audit-seals').then((seals) => {
    for (const [key, text] of seals) writeFileSync(join(folder, basename(key)), text);
  });
  const { body } = await app.anyone.get('/audit/keys');
  writeFileSync(join(folder, '..', `${basename(folder)}.keys`), JSON.stringify(body));
  lines = (await exported()).trimEnd().split('\n');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}.keys`, { force: true });
  await trail.end();
  await app.stop();
});

async function exported(query = ''): Promise<string> {
  const { status, text } = await app.as(trail.admin).get(`/audit/logs/export${query}`);
  expect(status).toBe(200);
  return text;
}

/** What an auditor reads who runs the command on these lines. */
async function audit(rows: readonly string[]): Promise<{ code: number; out: string }> {
  const file = join(folder, 'export.ndjson');
  writeFileSync(file, `${rows.join('\n')}\n`);
  let out = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const errors = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    const code = await runVerify(['--from', file, '--seals', folder, '--keys', `${folder}.keys`]);
    return { code, out };
  } finally {
    write.mockRestore();
    errors.mockRestore();
  }
}

const edited = (index: number, change: (row: Record<string, unknown>) => void): string[] =>
  lines.map((line, n) => {
    const row = JSON.parse(line) as Record<string, unknown>;
    if (n === index) change(row);
    return JSON.stringify(row);
  });

describe('an export', () => {
  it('is of all rows, with their places in the chain, and of this export itself', async () => {
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, n) => n + 1));
    expect(rows.at(-1)).toMatchObject({ action: 'audit.export', details: { format: 'ndjson' } });
    expect((await trail.verify()).head.seq).toBeGreaterThanOrEqual(rows.length);
  });

  it('is filtered as the list is', async () => {
    const rows = (await exported('?action=session.open')).trimEnd().split('\n');
    expect(rows.map((row) => (JSON.parse(row) as { action: string }).action)).toEqual(
      rows.map(() => 'session.open'),
    );
    expect((await app.as(trail.admin).get('/audit/logs/export?limit=3')).status).toBe(400);
    expect((await app.as(trail.admin).get('/audit/logs/export?format=xml')).status).toBe(400);
  });

  it('that can not be told to its end is cut short, and the log says why', async () => {
    const page = jest
      .spyOn(app.cloudkeep.nest.get(AuditChainRepository), 'page')
      .mockRejectedValue(new Error('the disk is gone'));
    const headers = { authorization: `Bearer ${trail.admin.token}` };
    const log = await logOf(async () => {
      await expect(
        fetch(`${app.url}/api/v1/audit/logs/export?format=csv`, { headers }).then((answer) => answer.text()),
      ).rejects.toThrow();
    });
    page.mockRestore();
    expect(log).toMatch(/audit-\S+\.csv was cut short: the disk is gone/);
  });

  it('is CSV where that is asked for, in which nothing is a formula', async () => {
    await app
      .as(trail.admin)
      .with({ 'user-agent': '=cmd|"x"!A1' })
      .patch('/auth/profile', { full_name: 'Formula' });
    const csv = await exported('?format=csv');
    expect(csv.split('\r\n')[0]).toBe(
      'id,created_at,user_id,action,resource,details,ip,user_agent,request_id,seq,hash',
    );
    expect(csv).toContain(`,"'=cmd|""x""!A1",`);
  });
});

describe('the offline check', () => {
  it('finds an export valid', async () => {
    const { code, out } = await audit(lines);
    expect(out).toMatch(
      new RegExp(`^Valid: ${lines.length} links of organisation ${trail.admin.organizationId}`),
    );
    expect(out).toMatch(/Sealed up to link \d+ at .*; 3 links are younger/);
    expect(code).toBe(0);
  });

  it.each<[string, () => string[], RegExp]>([
    ['an edited row', () => edited(3, (row) => (row.action = 'other')), /link 4 .*: changed/],
    ['an edited number', () => edited(3, (row) => (row.details = { n: 1 })), /link 4 .*: changed/],
    ['a row less', () => lines.toSpliced(3, 1), /link 4: gap/],
    ['rows in another order', () => lines.with(3, lines[4] ?? '').with(4, lines[3] ?? ''), /link 4: gap/],
    ['a row more', () => lines.toSpliced(3, 0, lines[3] ?? ''), /link 5.*: gap/],
    ['its end cut off', () => lines.slice(0, 4), /link 5: truncated/],
    ['its beginning cut off', () => lines.slice(2), /no archive in --seals tells what was before/],
    ['a line that is none', () => lines.with(2, '{'), /line 3 is no row/],
  ])('finds %s', async (_, rows, said) => {
    const { code, out } = await audit(rows());
    expect(out).toMatch(said);
    expect(code).toBe(1);
  });

  it('refuses seals that the keys did not sign', async () => {
    const file = join(folder, '0000000000000001.json');
    const [seal = ''] = [...(await trail.stored('audit-seals')).values()];
    writeFileSync(file, seal.replace(/"seq":\d+/, '"seq":1'));
    const { code, out } = await audit(lines);
    rmSync(file);
    expect(out).toContain('is not signed by any of the keys');
    expect(code).toBe(1);
  });
});

/** Last: they seal the trail of the others, too. */
describe('the keys of the server', () => {
  let trail: Trail;
  beforeAll(async () => {
    trail = await Trail.of(app);
  });
  afterAll(() => trail.end());

  const thumbprints = async () => {
    const { body } = await app.anyone.get('/audit/keys');
    return (body.keys as { kid: string }[]).map(({ kid }) => kid);
  };

  it('seals hold when another key has taken over, and both are published without their secrets', async () => {
    await trail.grow(2);
    await trail.seal();
    const own = await thumbprints();
    expect(own).toHaveLength(1);
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const AUDIT_SIGNING_KEY = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
    const replica = await TestApp.start({ replicaOf: app, env: { AUDIT_SIGNING_KEY } });
    try {
      await trail.grow(2);
      await replica.cloudkeep.nest.get(AuditJobs).seal();
    } finally {
      await replica.stop();
    }
    expect((await trail.verify()).valid).toBe(true);
    const signers = [...(await trail.stored('audit-seals')).values()].map(
      (text) => (JSON.parse(text) as { key: string }).key,
    );
    expect(signers.sort()).toEqual([...own, thumbprintOf(publicKey)].sort());
    expect((await thumbprints()).sort()).toEqual(signers);
    const { text } = await app.anyone.get('/audit/keys');
    expect(text).not.toMatch(/"d"|PRIVATE/);
  });

  it('seals of what a restore took back are put aside, and the trail goes on and says so', async () => {
    await trail.seal();
    const { checked } = await trail.verify();
    await trail.grow(2);
    await trail.seal();
    await trail.cutAfter(checked);
    expect(await trail.brokenAt()).toMatchObject({ kind: 'truncated', seq: checked + 1 });

    const { nest } = trail.app.cloudkeep;
    const { folder } = await new AuditResumption(
      nest.get(AuditChainRepository),
      nest.get(AuditSealsRepository),
      nest.get(AuditObjects),
      nest.get(AuditRepository),
      trail.app.clock,
    ).resume();
    await trail.grow(1);
    await trail.seal();
    expect(await trail.verify()).toMatchObject({ valid: true, checked: checked + 2 });
    const { body } = await trail.app.as(trail.admin).get('/audit/logs?action=audit.resume');
    expect(body.items).toMatchObject([{ details: { seals: 1, after: checked, to: checked + 2, folder } }]);
    const name = `${String(checked + 2).padStart(16, '0')}.json`;
    expect(await trail.store.has(`${folder}${trail.admin.organizationId}/${name}`)).toBe(true);
  });

  it('a key that somebody put into the database is not trusted', async () => {
    await trail.tamper(
      `INSERT INTO audit_keys (id, thumbprint, sealed_key) SELECT gen_random_uuid(), 'planted', sealed_key
       FROM audit_keys WHERE $1::uuid IS NOT NULL LIMIT 1`,
    );
    expect(await thumbprints()).not.toContain('planted');
    expect((await trail.verify()).valid).toBe(true);
  });

  it.each([
    'not-a-key',
    generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  ])('a key of another kind keeps the server from starting: %s', (AUDIT_SIGNING_KEY) => {
    expect(() => readEnv({ AUDIT_SIGNING_KEY })).toThrow('AUDIT_SIGNING_KEY must be an Ed25519 private key');
  });
});
