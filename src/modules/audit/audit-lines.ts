import type { AuditChainRepository, ChainRow } from './audit-chain.repository.js';
import type { CheckedLink } from './chain-check.js';

/** A link with its row as a line of NDJSON: all that it takes to check it, and nothing that is not in the hash twice. */
export function lineOf(organizationId: string, { seq, log_id, digest, hash, record }: ChainRow): string {
  const link = { seq, hash: hash.toString('hex') };
  const content =
    record === null
      ? { id: log_id, organization_id: organizationId, ...link, digest: digest.toString('hex') }
      : { ...record, ...link };
  return `${JSON.stringify(content)}\n`;
}

/** A link read back, with the organisation whose chain it is of. */
export interface ExportedLink {
  readonly organizationId: string;
  readonly link: CheckedLink;
}

/** Null where the line is no link. */
export function readLine(value: unknown): ExportedLink | null {
  if (typeof value !== 'object' || value === null) return null;
  const { seq, hash, digest, ...record } = value as Record<string, unknown>;
  const { id, organization_id: organizationId } = record;
  if (typeof seq !== 'number' || typeof hash !== 'string' || typeof id !== 'string') return null;
  if (typeof organizationId !== 'string') return null;
  const link = { seq, log_id: id, hash: Buffer.from(hash, 'hex') };
  return typeof digest === 'string'
    ? { organizationId, link: { ...link, digest: Buffer.from(digest, 'hex'), record: null } }
    : { organizationId, link: { ...link, record: record as unknown as CheckedLink['record'] } };
}

/** What of a chain goes into an archive: of its links after `after` up to `last`, those whose rows have lesser ids than `before`. */
export interface ArchivedPart {
  readonly organizationId: string;
  readonly before: string;
  readonly rows: number;
  readonly last: number;
  readonly after: { readonly seq: number; readonly hash: Buffer };
}

const PAGE = 1_000;

export async function* archiveLines(links: AuditChainRepository, part: ArchivedPart): AsyncGenerator<string> {
  const { organizationId, before, last: to } = part;
  for (let after = part.after.seq; after < to;) {
    const rows = await links.page(organizationId, { after, to }, PAGE);
    const archived = rows.filter(({ log_id, record }) => record !== null && log_id < before);
    yield archived.map((row) => lineOf(organizationId, row)).join('');
    after = rows.at(-1)?.seq ?? to;
  }
}

const CSV_COLUMNS = [
  'id',
  'created_at',
  'user_id',
  'action',
  'resource',
  'details',
  'ip',
  'user_agent',
  'request_id',
] as const;

export const CSV_HEADER = `${[...CSV_COLUMNS, 'seq', 'hash'].join(',')}\r\n`;

/** RFC 4180; nothing in it is a formula to a spreadsheet. */
export function csvLineOf({ seq, hash, record }: ChainRow): string {
  if (record === null) return '';
  const fields = CSV_COLUMNS.map((name) =>
    name === 'details' ? JSON.stringify(record.details) : record[name],
  );
  return `${[...fields, String(seq), hash.toString('hex')].map((field) => csvField(field ?? '')).join(',')}\r\n`;
}

function csvField(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
