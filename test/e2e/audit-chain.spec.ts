import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { AdvisoryLock } from '../../src/database/advisory-locks.js';
import { AuditChain } from '../../src/modules/audit/audit-chain.js';
import { TestApp } from '../support/app.js';
import { Trail } from '../support/audit-chain.js';

let app: TestApp;
let trail: Trail;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

beforeEach(async () => {
  trail = await Trail.of(app);
  await trail.grow(6);
});
afterEach(() => trail.end());

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

describe('a trail that nobody touched', () => {
  it('is valid, and grows', async () => {
    const first = await trail.verify();
    expect(first.valid).toBe(true);
    expect(first.checked).toBeGreaterThanOrEqual(6);
    expect(first.head.seq).toBe(first.checked);
    await trail.grow(3);
    await trail.seal();
    expect(await trail.verify()).toMatchObject({ valid: true, checked: first.checked + 3 });
  });

  it('is looked through whole while somebody else binds, which would take a request too long', async () => {
    await trail.bind(true);
    await trail.rows('SELECT pg_advisory_lock($2) WHERE $1::uuid IS NOT NULL', [AdvisoryLock.auditChain]);
    expect(await app.cloudkeep.nest.get(AuditChain).extend(true)).toBe(0);
  });

  it('is of one’s own organisation, for those who may read it', async () => {
    const other = await Trail.of(app);
    expect(await other.verify()).toEqual({
      valid: true,
      checked: 0,
      head: { seq: 0, hash: '0'.repeat(64) },
    });
    const user = await app.given.signedIn({ organizationId: trail.admin.organizationId });
    expect((await app.as(user).get('/audit/verify')).status).toBe(403);
    expect((await app.anyone.get('/audit/verify')).status).toBe(401);
    await other.end();
  });

  it('is bound once by two replicas that bind at the same time', async () => {
    const replica = await TestApp.start({ replicaOf: app });
    try {
      const { checked } = await trail.verify();
      for (let n = 0; n < 5; n++) await app.as(trail.admin).patch('/auth/profile', { full_name: `N${n}` });
      const [ours, theirs] = [app, replica].map(({ cloudkeep }) => cloudkeep.nest.get(AuditChain));
      await Promise.all([ours?.extend(), theirs?.extend(), ours?.extend(true), theirs?.extend(true)]);
      expect(await trail.verify()).toMatchObject({ valid: true, checked: checked + 5 });
    } finally {
      await replica.stop();
    }
  });

  it('has rows of a transaction that committed after later ones', async () => {
    const { checked } = await trail.verify();
    const slow = new Client({ connectionString: app.database.url });
    await slow.connect();
    await slow.query(`BEGIN; SET LOCAL "cloudkeep.organization" = '*'`);
    await slow.query(
      `INSERT INTO audit_logs (id, created_at, organization_id, action, resource, details)
       VALUES (uuidv7(), now(), $1, 'late', 'late', '{}')`,
      [trail.admin.organizationId],
    );
    await trail.grow(2);
    expect((await trail.verify()).checked).toBe(checked + 2);
    await slow.query('COMMIT');
    await slow.end();
    await trail.bind();
    expect(await trail.verify()).toMatchObject({ valid: true, checked: checked + 3 });
  });

  it('is valid after somebody in it was erased', async () => {
    const user = await app.given.signedIn({ organizationId: trail.admin.organizationId });
    await app.as(user).patch('/auth/profile', { full_name: 'Ada Lovelace' });
    await trail.bind();
    const { checked } = await trail.verify();
    expect((await app.as(trail.admin).delete(`/users/${user.id}`)).status).toBe(204);
    await trail.bind();
    await trail.seal();
    const after = await trail.verify();
    expect(after.valid).toBe(true);
    expect(after.checked).toBeGreaterThan(checked);
  });

  it('can not be changed by the application’s role', async () => {
    for (const statement of ['UPDATE audit_chain SET hash = hash', 'TRUNCATE audit_chain'])
      await expect(app.database.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
});

describe('a row', () => {
  it.each([
    ['its action', `action = 'nothing.happened'`],
    ['its resource', `resource = 'user:another'`],
    ['who did it', `user_id = gen_random_uuid()`],
    ['what it was', `details = details || '{"planted": true}'`],
    ['when it was', `created_at = created_at - interval '1 microsecond'`],
    ['from where', `ip = '198.51.100.66'`],
    ['with what', `user_agent = 'Other/1'`],
    ['in which request', `request_id = 'another'`],
    ['a number no program reads', `details = '{"n": 1e400}'`],
  ])('edited in %s is found', async (_, change) => {
    const id = await trail.idAt(4);
    await trail.tamper(`UPDATE audit_logs SET ${change} WHERE organization_id = $1 AND id = $2`, [id]);
    expect(await trail.brokenAt()).toMatchObject({ kind: 'changed', seq: 4, log_id: id });
  });

  it('moved to another organisation is found', async () => {
    const id = await trail.idAt(4);
    await trail.tamper(
      `UPDATE audit_logs SET organization_id = gen_random_uuid() WHERE organization_id = $1 AND id = $2`,
      [id],
    );
    expect(await trail.brokenAt()).toMatchObject({ kind: 'missing', seq: 4, log_id: id });
  });

  it('deleted is missed', async () => {
    const id = await trail.idAt(3);
    await trail.tamper('DELETE FROM audit_logs WHERE organization_id = $1 AND id = $2', [id]);
    expect(await trail.brokenAt()).toMatchObject({ kind: 'missing', seq: 3, log_id: id });
  });

  it('deleted with its link is missed', async () => {
    const id = await trail.idAt(3);
    await trail.tamper('DELETE FROM audit_logs WHERE organization_id = $1 AND id = $2', [id]);
    await trail.tamper('DELETE FROM audit_chain WHERE organization_id = $1 AND log_id = $2', [id]);
    expect(await trail.brokenAt()).toMatchObject({ kind: 'gap', seq: 3 });
  });

  it('put between others is found before it is bound and after', async () => {
    const [planted] = await trail.rows<{ id: string }>(
      `INSERT INTO audit_logs (id, created_at, organization_id, action, resource, details)
       VALUES (uuidv7(interval '-1 hour'), now() - interval '1 hour', $1, 'planted', 'x', '{}') RETURNING id`,
    );
    expect(await trail.brokenAt()).toMatchObject({ kind: 'unchained', log_id: planted?.id });
    await trail.bind(true);
    expect(await trail.brokenAt()).toMatchObject({ kind: 'inserted', log_id: planted?.id });
  });

  it('that says it was earlier than it was written is found', async () => {
    await trail.tamper(
      `INSERT INTO audit_logs (id, created_at, organization_id, action, resource, details)
       VALUES (uuidv7(), now() - interval '1 day', $1, 'planted', 'x', '{}')`,
    );
    await trail.bind();
    expect(await trail.brokenAt()).toMatchObject({ kind: 'inserted' });
  });

  it('exchanged with another is found', async () => {
    const [third, fifth] = [await trail.idAt(3), await trail.idAt(5)];
    await trail.tamper(
      `UPDATE audit_chain c SET log_id = gen_random_uuid() WHERE organization_id = $1 AND seq IN (3, 5)`,
    );
    await trail.tamper(
      `UPDATE audit_chain SET log_id = CASE seq WHEN 3 THEN $3::uuid ELSE $2::uuid END
       WHERE organization_id = $1 AND seq IN (3, 5)`,
      [third, fifth],
    );
    expect(await trail.brokenAt()).toMatchObject({ kind: 'changed', seq: 3 });
  });
});

describe('somebody who rewrites the chain too', () => {
  /** As the sealer does it, from the link `from` on. */
  async function rechain(from: number): Promise<void> {
    const links = await trail.rows<{ seq: string; digest: Buffer; hash: Buffer }>(
      'SELECT seq, digest, hash FROM audit_chain WHERE organization_id = $1 ORDER BY seq',
    );
    let previous: Buffer = Buffer.alloc(32);
    for (const { seq, digest, hash } of links) {
      previous = Number(seq) < from ? hash : sha256(previous, digest);
      await trail.tamper('UPDATE audit_chain SET hash = $3 WHERE organization_id = $1 AND seq = $2', [
        seq,
        previous,
      ]);
    }
  }

  async function exchangeDigests(): Promise<void> {
    const [third, fifth] = [await trail.idAt(3), await trail.idAt(5)];
    const [a, b] = await trail.rows<{ digest: Buffer }>(
      'SELECT digest FROM audit_chain WHERE organization_id = $1 AND seq IN (3, 5) ORDER BY seq',
    );
    await trail.tamper('DELETE FROM audit_chain WHERE organization_id = $1 AND seq IN (3, 5)');
    for (const [seq, id, digest] of [
      [3, fifth, b?.digest],
      [5, third, a?.digest],
    ])
      await trail.tamper(
        `INSERT INTO audit_chain (organization_id, seq, log_id, digest, hash) VALUES ($1, $2, $3, $4, '')`,
        [seq, id, digest],
      );
  }

  it('but for what comes after is found', async () => {
    await exchangeDigests();
    expect(await trail.brokenAt()).toMatchObject({ kind: 'relinked', seq: 3 });
  });

  it('is found by the seal', async () => {
    await trail.seal();
    const { checked } = await trail.verify();
    await exchangeDigests();
    await rechain(3);
    expect(await trail.brokenAt()).toMatchObject({ kind: 'rewritten', seq: checked });
  });

  it('and all seals in the database is found by the object store', async () => {
    await trail.seal();
    const { checked } = await trail.verify();
    await exchangeDigests();
    await rechain(3);
    await trail.tamper('DELETE FROM audit_seals WHERE organization_id = $1');
    expect(await trail.brokenAt()).toMatchObject({ kind: 'rewritten', seq: checked });
  });

  it.each([
    ['its end', (checked: number) => checked - 2],
    ['all of it', () => 0],
  ])('and cuts off %s is found, also when the trail grows again', async (_, kept) => {
    await trail.seal();
    const { checked } = await trail.verify();
    const last = kept(checked);
    await trail.cutAfter(last);
    expect(await trail.brokenAt()).toMatchObject({ kind: 'truncated', seq: last + 1 });
    await trail.grow(checked);
    expect(await trail.brokenAt()).toMatchObject({ kind: 'rewritten', seq: checked });
  });

  it('and forges a seal is found', async () => {
    await trail.seal();
    const { checked } = await trail.verify();
    await trail.tamper(
      `UPDATE audit_seals SET body = replace(body, '"count":', '"count":1') WHERE organization_id = $1`,
    );
    expect(await trail.brokenAt()).toMatchObject({ kind: 'forged', seq: checked });
  });
});
