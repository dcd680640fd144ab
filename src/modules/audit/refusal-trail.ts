import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import { clientNetwork } from '../../common/http/client-ip.js';
import { AuditRepository, type NewAuditRow } from './audit.repository.js';

const WRITE_EVERY_MS = 2_000;
const WINDOW_MS = 60_000;
/** Distinct refusals a window; beyond, they are counted together. */
const MAX_KINDS = 500;

interface Tally {
  readonly row: NewAuditRow;
  count: number;
  written: boolean;
}

/**
 * Failed sign-ins and denials, recorded without a way to flood the table: of
 * refusals alike (same act, account, credential and client network) the first of a minute is
 * written soon, the others as one row with their count when the minute is over.
 * At most `2 * MAX_KINDS` rows a minute come from here, whatever is thrown at us.
 */
@Injectable()
export class RefusalTrail {
  private readonly logger = new Logger(RefusalTrail.name);
  private tallies = new Map<string, Tally>();
  private windowEndsAt = 0;
  private writing = Promise.resolve();

  constructor(private readonly audit: AuditRepository) {}

  add(row: NewAuditRow): void {
    const full = this.tallies.size >= MAX_KINDS;
    const key = keyOf(row);
    const tally = this.tallies.get(key) ?? (full ? this.tallies.get(row.action) : undefined);
    if (tally !== undefined) tally.count++;
    else
      this.tallies.set(full ? row.action : key, {
        row: full ? anonymous(row) : row,
        count: 1,
        written: false,
      });
  }

  /** Resolves when all that was added before is written, or could not be. */
  @Interval(WRITE_EVERY_MS)
  write(): Promise<void> {
    this.writing = this.writing.then(() => this.writeTallies());
    return this.writing;
  }

  private async writeTallies(): Promise<void> {
    const now = performance.now();
    const rows = [...this.tallies.values()].filter(({ written }) => !written).map(({ row }) => row);
    for (const tally of this.tallies.values()) tally.written = true;
    if (now >= this.windowEndsAt) {
      rows.push(...this.repeats());
      this.tallies = new Map();
      this.windowEndsAt = now + WINDOW_MS;
    }
    await this.insert(rows);
  }

  /** Writes what is left, at the end. */
  async finish(): Promise<void> {
    this.windowEndsAt = 0;
    await this.write();
  }

  private repeats(): NewAuditRow[] {
    return [...this.tallies.values()]
      .filter(({ count }) => count > 1)
      .map(({ row, count }) => ({ ...row, details: { ...row.details, repeated: count - 1 } }));
  }

  private async insert(rows: readonly NewAuditRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.audit.insert(rows).catch((error: unknown) => {
      this.logger.error(
        `${rows.length} refusals could not be written to the audit trail: ${(error as Error).message}`,
      );
    });
  }
}

function keyOf({ action, resource, user_id: userId, ip, details }: NewAuditRow): string {
  const { code, reason, credential } = details;
  const network = ip === null ? '' : clientNetwork(ip);
  return [action, resource, userId, network, code ?? reason, credential].join('\n');
}

/** Stands for many different refusals, of any organisation: it claims no one place or account, and is whose the server is. */
function anonymous(row: NewAuditRow): NewAuditRow {
  return {
    ...row,
    organization_id: DEFAULT_ORGANIZATION_ID,
    resource: 'various',
    user_id: null,
    ip: null,
    user_agent: null,
    request_id: null,
    details: {},
  };
}
