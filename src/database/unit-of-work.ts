import { Injectable, Logger } from '@nestjs/common';
import { TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { ClsService } from 'nestjs-cls';
import type { PoolClient } from 'pg';
import { TENANT_SETTING } from './data-source.js';
import { inSpan } from '../telemetry/span.js';
import { TenantContext } from './tenant-context.js';

type Effect = () => void | Promise<void>;

/** Completes transactions from inside. */
interface Completion {
  readonly complete: () => Promise<void>;
  /** Whether it would do anything, of work that raises no events. */
  readonly isDue: () => boolean;
}

const CONFINE = 'SELECT set_config($1, $2, true)';
const EFFECTS = Symbol('effects after commit');
const TRANSACTION = { name: 'transaction', kind: 'internal' } as const;

/**
 * The one transaction idiom. `run` opens a transaction that every repository
 * called inside it joins; a nested `run` joins the outer one.
 */
@Injectable()
export class UnitOfWork {
  private readonly logger = new Logger(UnitOfWork.name);
  private readonly beforeCommit: Completion[] = [];

  constructor(
    private readonly host: TransactionHost<TransactionalAdapterTypeOrm>,
    private readonly cls: ClsService,
    private readonly tenant: TenantContext,
  ) {}

  get isActive(): boolean {
    return this.cls.isActive() && this.host.isTransactionActive();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isActive) return work();
    return this.cls.run({ ifNested: 'inherit' }, async () => {
      const effects: Effect[] = [];
      this.cls.set(EFFECTS, effects);
      const outcome = await inSpan(TRANSACTION, () => this.host.withTransaction(() => this.whole(work)));
      for (const effect of effects) await this.carryOut(effect);
      return outcome;
    });
  }

  private async whole<T>(work: () => Promise<T>): Promise<T> {
    const { confined } = await this.confine();
    const result = await work();
    await confined;
    for (const { complete } of this.beforeCommit) await complete();
    return result;
  }

  /**
   * The database shows and takes only rows of the caller's organisation until the
   * transaction ends. Queued before all that the work asks, and sent with the first of
   * that; where it fails, so does all that follows in the transaction.
   */
  private async confine(): Promise<{ readonly confined: Promise<unknown> }> {
    const organizationId = this.tenant.current;
    const client = (await this.host.tx.queryRunner?.connect()) as PoolClient | undefined;
    if (organizationId === null || client === undefined) return { confined: Promise.resolve() };
    const confined = client.query(CONFINE, [TENANT_SETTING, organizationId]);
    confined.catch(() => undefined);
    return { confined };
  }

  /** What has committed is done, whatever fails afterwards: told otherwise, its caller would do it again. */
  private async carryOut(effect: Effect): Promise<void> {
    try {
      await effect();
    } catch (error) {
      const { message, stack } = error as Error;
      this.logger.error(`What follows a change that has committed failed: ${message}`, stack);
    }
  }

  /**
   * Runs `effect` once the transaction has committed; where it fails, that is logged, and
   * those after it run. At once when no transaction is open.
   */
  async afterCommit(effect: Effect): Promise<void> {
    if (this.isActive) this.cls.get<Effect[]>(EFFECTS).push(effect);
    else await effect();
  }

  /**
   * Runs one statement that raises no event: by itself, which spares three round trips,
   * unless something is to be committed with it.
   */
  runStatement<T>(statement: () => Promise<T>): Promise<T> {
    const isAlone = !this.isActive && !this.beforeCommit.some(({ isDue }) => isDue());
    return isAlone ? statement() : this.run(statement);
  }

  /** Registers what completes every transaction from inside, such as writing its audit rows. */
  onBeforeCommit(complete: () => Promise<void>, isDue: () => boolean): void {
    this.beforeCommit.push({ complete, isDue });
  }
}
