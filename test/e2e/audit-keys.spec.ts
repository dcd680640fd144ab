import { generateKeyPairSync } from 'node:crypto';
import { AuditChainRepository } from '../../src/modules/audit/audit-chain.repository.js';
import { AuditObjects } from '../../src/modules/audit/audit-objects.js';
import { AuditResumption } from '../../src/modules/audit/audit-resumption.js';
import { AuditSealsRepository } from '../../src/modules/audit/audit-seals.repository.js';
import { AuditRepository } from '../../src/modules/audit/audit.repository.js';
import { AuditJobs } from '../../src/modules/audit/audit.jobs.js';
import { readEnv } from '../../src/config/env.js';
import { thumbprintOf } from '../../src/modules/audit/signed-document.js';
import { TestApp } from '../support/app.js';
import { Trail } from '../support/audit-chain.js';

let app: TestApp;
let trail: Trail;
beforeAll(async () => {
  app = await TestApp.start();
  trail = await Trail.of(app);
});
afterAll(async () => {
  await trail.end();
  await app.stop();
});

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
