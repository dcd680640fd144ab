import { Client } from 'pg';
import { AuditChain } from '../../src/modules/audit/audit-chain.js';
import { AuditJobs } from '../../src/modules/audit/audit.jobs.js';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import type { TestApp } from './app.js';
import type { SignedIn } from './factories/given.js';

/** Where a chain is broken, as the API says. */
export interface BrokenAt {
  readonly kind: string;
  readonly seq: number | null;
  readonly log_id: string | null;
}

export interface Verified {
  readonly valid: boolean;
  readonly checked: number;
  readonly head: { readonly seq: number; readonly hash: string };
  readonly broken_at?: BrokenAt;
}

/** An organisation with a trail of its own, whoever reads it, and whoever owns the server of its database. */
export class Trail {
  private constructor(
    readonly app: TestApp,
    readonly admin: SignedIn,
    private readonly intruder: Client,
  ) {}

  /** A superuser for whom no trigger fires. */
  static async of(app: TestApp): Promise<Trail> {
    const admin = await app.given.signedIn({ role: 'admin', organizationId: await app.given.organization() });
    const url = new URL(process.env.TEST_POSTGRES_ADMIN_URL ?? '');
    url.pathname = app.database.name;
    const intruder = new Client({ connectionString: url.href });
    await intruder.connect();
    await intruder.query(`SET session_replication_role = replica; SET "cloudkeep.organization" = '*'`);
    return new Trail(app, admin, intruder);
  }

  /** That many rows more, bound. */
  async grow(count: number): Promise<void> {
    for (let n = 0; n < count; n++)
      await this.app.as(this.admin).patch('/auth/profile', { full_name: `Name ${Math.random()}` });
    await this.bind();
  }

  async bind(all = false): Promise<void> {
    await this.app.cloudkeep.nest.get(AuditChain).extend(all);
  }

  seal(): Promise<void> {
    return this.app.cloudkeep.nest.get(AuditJobs).seal();
  }

  async verify(): Promise<Verified> {
    const { status, body } = await this.app.as(this.admin).get('/audit/verify');
    expect(status).toBe(200);
    return body as Verified;
  }

  /** Asks until the answer is not valid any more, or fails. */
  async brokenAt(): Promise<BrokenAt | undefined> {
    const { valid, broken_at } = await this.verify();
    expect(valid).toBe(broken_at === undefined);
    return broken_at;
  }

  /** What somebody does who owns the database's server. `$1` is the organisation. */
  async tamper(text: string, values: readonly unknown[] = []): Promise<void> {
    const { rowCount } = await this.intruder.query(text, [this.admin.organizationId, ...values]);
    expect(rowCount).toBeGreaterThan(0);
  }

  /** As an intruder does, and a restore of an older backup. */
  async cutAfter(seq: number): Promise<void> {
    const links = 'audit_chain WHERE organization_id = $1 AND seq > $2';
    for (const where of [
      `audit_logs WHERE organization_id = $1 AND id IN (SELECT log_id FROM ${links})`,
      links,
      'audit_seals WHERE organization_id = $1 AND seq > $2',
    ])
      await this.tamper(`DELETE FROM ${where}`, [seq]);
  }

  async rows<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.intruder.query(text, [this.admin.organizationId, ...values])).rows as Row[];
  }

  async idAt(seq: number): Promise<string> {
    const [row] = await this.rows<{ log_id: string }>(
      'SELECT log_id FROM audit_chain WHERE organization_id = $1 AND seq = $2',
      [seq],
    );
    return row?.log_id ?? '';
  }

  get store(): ObjectStore {
    return this.app.cloudkeep.nest.get(ObjectStore);
  }

  /** What the store has of this organisation, by key. */
  async stored(prefix: string): Promise<Map<string, string>> {
    const texts = new Map<string, string>();
    for await (const key of this.store.keys(`${prefix}/${this.admin.organizationId}/`)) {
      const chunks: Buffer[] = [];
      for await (const chunk of await this.store.get(key)) chunks.push(Buffer.from(chunk as Buffer));
      texts.set(key, Buffer.concat(chunks).toString('latin1'));
    }
    return texts;
  }

  end(): Promise<void> {
    return this.intruder.end();
  }
}
