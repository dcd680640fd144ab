import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import { newId } from '../../common/crypto/ids.js';
import type { AuditRepository, NewAuditRow } from './audit.repository.js';
import { RefusalTrail } from './refusal-trail.js';

const OURS = newId();

const denial = (more: Partial<NewAuditRow>): NewAuditRow => ({
  ...{ action: 'access.deny', resource: 'route:GET /files', organization_id: OURS, user_id: newId() },
  ...{ details: {}, happenedAt: 0, ip: '192.0.2.1', user_agent: null, request_id: null },
  ...more,
});

/** What is written of these by the end. */
async function writtenOf(refusals: readonly NewAuditRow[]): Promise<NewAuditRow[]> {
  const written: NewAuditRow[] = [];
  const audit = {
    insert: (rows: readonly NewAuditRow[]) => {
      written.push(...rows);
      return Promise.resolve();
    },
  };
  const trail = new RefusalTrail(audit as unknown as AuditRepository);
  for (const refusal of refusals) trail.add(refusal);
  await trail.finish();
  return written;
}

it('counts what is alike, and keeps apart what two credentials of one person did', async () => {
  const by = (credential: string) => denial({ user_id: OURS, details: { code: 'no', credential } });
  const rows = await writtenOf([by('pat:1'), by('pat:1'), by('pat:2'), by('pat:1')]);
  expect(rows.map(({ details }) => details)).toEqual([
    { code: 'no', credential: 'pat:1' },
    { code: 'no', credential: 'pat:2' },
    { code: 'no', credential: 'pat:1', repeated: 2 },
  ]);
});

it('tells of a flood to whoever runs the server, and not to whichever organisation came first', async () => {
  const flood = Array.from({ length: 2_000 }, () => denial({ organization_id: newId() }));
  const rows = await writtenOf(flood);
  expect(rows).toHaveLength(502);
  expect(rows.filter(({ resource }) => resource === 'various')).toMatchObject([
    { organization_id: DEFAULT_ORGANIZATION_ID, user_id: null, ip: null },
    { organization_id: DEFAULT_ORGANIZATION_ID, details: { repeated: 1_499 } },
  ]);
});
