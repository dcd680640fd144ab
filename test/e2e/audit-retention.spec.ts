import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import { AuditKeys } from '../../src/modules/audit/audit-keys.js';
import { manifestKey } from '../../src/modules/audit/audit-objects.js';
import { AuditVerification } from '../../src/modules/audit/audit-verification.js';
import { AuditJobs } from '../../src/modules/audit/audit.jobs.js';
import { checkOffline } from '../../src/modules/audit/offline-check.js';
import { exportedLinks } from '../../src/modules/audit/exported-links.js';
import { readKeySet, signed, type ArchiveManifest } from '../../src/modules/audit/signed-document.js';
import { TestApp } from '../support/app.js';
import { Trail } from '../support/audit-chain.js';
import { halfAYearOfPartitions, rowsOf } from '../support/audit-months.js';
import { eventually } from '../support/eventually.js';

const DAY = 24 * 60 * 60;

let app: TestApp;
let trail: Trail;
beforeEach(async () => {
  app = await TestApp.start({ env: { AUDIT_RETENTION_MONTHS: '2' } });
  trail = await Trail.of(app);
});
afterEach(async () => {
  await trail.end();
  await app.stop();
});

const jobs = () => app.cloudkeep.nest.get(AuditJobs);

const months = async () => {
  const rows = await trail.rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class JOIN pg_inherits ON inhrelid = oid
     WHERE inhparent = 'audit_logs'::regclass AND $1::uuid IS NOT NULL ORDER BY 1`,
  );
  return rows.map(({ name }) => name.slice('audit_logs_'.length));
};

const nameOf = (monthsAway: number, day = new Date()) =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + monthsAway))
    .toISOString()
    .slice(0, 7)
    .replace('-', '_');

describe('partitions', () => {
  it('are made three months ahead, each protected as the whole', async () => {
    expect(await months()).toEqual(['earlier', 'later', ...[0, 1, 2, 3].map((n) => nameOf(n))].sort());
    app.clock.advance(62 * DAY);
    await jobs().seal();
    const made = await months();
    expect(made).toContain(nameOf(3, app.clock.now()));
    const [name] = made.filter((month) => month === nameOf(3, app.clock.now()));
    for (const statement of [`DELETE FROM audit_logs_${name}`, `TRUNCATE audit_logs_${name}`])
      await expect(app.database.query(statement)).rejects.toMatchObject({ code: '42501' });
    await jobs().seal();
    expect(await months()).toEqual(made);
  });

  it('take in what was written while nobody made any', async () => {
    await trail.tamper(
      `INSERT INTO audit_logs (id, created_at, organization_id, action, resource, details)
       SELECT uuidv7(make_interval(days => n * 40)), now(), $1, 'ahead', 'x', '{}' FROM generate_series(1, 6) AS n`,
    );
    await trail.bind();
    app.clock.advance(150 * DAY);
    await jobs().seal();
    expect(
      await trail.rows(`SELECT FROM audit_logs WHERE organization_id = $1 AND action = 'ahead'`),
    ).toHaveLength(6);
    const { organizationId } = trail.admin;
    const { checked, fault } = await app.cloudkeep.nest.get(AuditVerification).verify(organizationId);
    expect({ fault, all: checked > 6 }).toEqual({ fault: null, all: true });
  });
});

describe('a month that is old enough', () => {
  async function old(daysAgo: readonly number[] = [170, 130]): Promise<void> {
    await halfAYearOfPartitions(trail);
    for (const days of daysAgo) await rowsOf(trail, days, 5);
    // The sign-in may have been bound already; as it was, those rows came first.
    await trail.rows('DELETE FROM audit_chain WHERE organization_id = $1');
    await trail.bind(true);
    await trail.grow(4);
    await trail.seal();
  }

  it('goes into the object store, and the chain holds from its first kept row', async () => {
    await old();
    const before = await trail.verify();
    expect(before).toMatchObject({ valid: true });
    await jobs().retain();
    expect(await months()).not.toContain(nameOf(-3));
    expect(await months()).toContain(nameOf(-2));
    expect(await trail.rows(`SELECT FROM audit_logs WHERE organization_id = $1 AND action = 'old'`)).toEqual(
      [],
    );
    const after = await trail.verify();
    expect(after).toMatchObject({ valid: true, checked: before.checked - 10, head: before.head });
    await trail.grow(2);
    expect((await trail.verify()).checked).toBe(after.checked + 2);
    const archives = await trail.stored('audit-archives');
    const rows = [...archives]
      .sort()
      .flatMap(([, bytes]) => gunzipSync(Buffer.from(bytes, 'latin1')).toString().trimEnd().split('\n'));
    expect(rows.map((row) => (JSON.parse(row) as { seq: number }).seq)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    for (const text of (await trail.stored('audit-seals')).values()) {
      const document = JSON.parse(text) as { type: string; object: string; sha256: string };
      if (document.type !== 'cloudkeep.audit-archive') continue;
      const bytes = Buffer.from(archives.get(document.object) ?? '', 'latin1');
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(document.sha256);
    }
  });

  it('is not missing to whoever was checking while it went', async () => {
    // Of the month that goes first.
    await old([200]);
    const reader = new Client({ connectionString: app.database.url });
    await reader.connect();
    await reader.query('BEGIN; SELECT FROM audit_logs LIMIT 1');
    const waiting = (mode: string) =>
      eventually(
        async () =>
          expect(
            await trail.rows(
              `SELECT FROM pg_locks WHERE relation = 'audit_logs'::regclass AND NOT granted AND mode = $2
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND $1::uuid IS NOT NULL`,
              [mode],
            ),
          ).not.toEqual([]),
        { within: 4_000 },
      );
    const gone = jobs().retain();
    await waiting('AccessExclusiveLock');
    const verified = trail.verify();
    await waiting('AccessShareLock');
    await reader.end();
    await gone;
    expect(await months()).not.toContain(nameOf(-3));
    expect(await verified).toMatchObject({ valid: true });
  });

  it('is checked offline, with what was kept and without', async () => {
    await old();
    await jobs().retain();
    const folder = mkdtempSync(join(tmpdir(), 'audit-'));
    try {
      const { text } = await app.as(trail.admin).get('/audit/logs/export');
      const exported = join(folder, 'export.ndjson');
      writeFileSync(exported, text);
      const archives = [...(await trail.stored('audit-archives'))].map(([key, bytes]) => {
        writeFileSync(join(folder, basename(key)), Buffer.from(bytes, 'latin1'));
        return join(folder, basename(key));
      });
      const seals = [...(await trail.stored('audit-seals'))].map(([name, text]) => ({ name, text }));
      const keys = readKeySet((await app.anyone.get('/audit/keys')).text);
      const { head } = await trail.verify();
      const all = await checkOffline(exportedLinks([exported, ...archives]), seals, keys);
      expect(all).toMatchObject({ fault: null, checked: head.seq });
      const kept = await checkOffline(exportedLinks([exported]), seals, keys);
      expect(kept).toMatchObject({ fault: null, checked: head.seq - 10 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('keeps the chain whole where rows of two months arrived mixed', async () => {
    await halfAYearOfPartitions(trail);
    const boundary = `date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '2 months'`;
    await trail.rows('DELETE FROM audit_logs WHERE organization_id = $1');
    await trail.rows('DELETE FROM audit_chain WHERE organization_id = $1');
    for (const seconds of [-120, 60, -60, 120]) {
      await trail.tamper(
        `INSERT INTO audit_logs (id, created_at, organization_id, action, resource, details)
         SELECT uuidv7(${boundary} - now() + make_interval(secs => $2)), ${boundary}, $1, 'mixed', 'x', '{}'`,
        [seconds],
      );
      await trail.bind(true);
    }
    await trail.seal();
    expect(await trail.verify()).toMatchObject({ valid: true, checked: 4 });
    await jobs().retain();
    expect(await trail.rows('SELECT FROM audit_logs WHERE organization_id = $1')).toHaveLength(2);
    expect(await trail.verify()).toMatchObject({ valid: true, checked: 3, head: { seq: 4 } });
    await trail.tamper('DELETE FROM audit_logs WHERE organization_id = $1 AND id = $2', [
      await trail.idAt(2),
    ]);
    expect(await trail.brokenAt()).toMatchObject({ kind: 'missing', seq: 2 });
  });

  it('stays where its trail is broken: it is evidence', async () => {
    await old();
    await trail.tamper(
      `UPDATE audit_logs SET action = 'other' WHERE organization_id = $1 AND resource = 'old:2'`,
    );
    await jobs().retain();
    expect(await months()).toContain(nameOf(-4));
    expect(await trail.brokenAt()).toMatchObject({ kind: 'changed' });
  });

  it('goes again after a restore, and keeps no other manifest from its place', async () => {
    await old();
    await jobs().retain();
    const rows = await trail.rows<{ body: string }>(
      'SELECT body FROM audit_archives WHERE organization_id = $1 ORDER BY month',
    );
    const [first, second] = rows.map(({ body }) => {
      const { signature: _, ...manifest } = JSON.parse(body) as ArchiveManifest & { signature: string };
      return manifest;
    });
    if (first === undefined || second === undefined) throw new Error('Two months went');
    const again = async (manifest: ArchiveManifest, more: Partial<ArchiveManifest> = {}) => {
      const told = { ...manifest, archived_at: '2026-01-01T00:00:00.000Z', ...more };
      await trail.tamper(
        'UPDATE audit_archives SET body = $2, stored_at = NULL WHERE organization_id = $1 AND month = $3',
        [signed(told, await app.cloudkeep.nest.get(AuditKeys).signing()), manifest.month],
      );
    };
    const waiting = async () => {
      await jobs().retain();
      const left = await trail.rows<{ month: string }>(
        'SELECT month FROM audit_archives WHERE organization_id = $1 AND stored_at IS NULL',
      );
      return left.map(({ month }) => month);
    };
    await again(first);
    expect(await waiting()).toEqual([]);
    await again(first, { rows: 1 });
    await again(second);
    expect(await waiting()).toEqual([first.month]);
    const key = manifestKey(trail.admin.organizationId, first.month);
    expect((await trail.stored('audit-seals')).get(key)).toBe(rows[0]?.body);
  });

  it('can not be claimed to have gone', async () => {
    await old();
    await jobs().retain();
    await trail.tamper(
      `UPDATE audit_archives SET body = regexp_replace(body, '"seq":\\d+', '"seq":11') WHERE organization_id = $1`,
    );
    expect(await trail.brokenAt()).toMatchObject({ kind: 'forged' });
  });
});
