import { Injectable } from '@nestjs/common';
import { TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { ClsService } from 'nestjs-cls';
import { TENANT_SETTING } from './data-source.js';
import { TenantContext } from './tenant-context.js';

type Effect = () => void | Promise<void>;

const EFFECTS = Symbol('effects after commit');

/**
 * The one transaction idiom. `run` opens a transaction that every repository
 * called inside it joins; a nested `run` joins the outer one.
 */
@Injectable()
export class UnitOfWork {
  private readonly beforeCommit: (() => Promise<void>)[] = [];

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
      const outcome = await this.host.withTransaction(async () => {
        await this.confine();
        const result = await work();
        for (const hook of this.beforeCommit) await hook();
        return result;
      });
      for (const effect of effects) await effect();
      return outcome;
    });
  }

  /** The database shows and takes only rows of the caller's organisation until the transaction ends. */
  private async confine(): Promise<void> {
    const organizationId = this.tenant.current;
    if (organizationId !== null) {
      await this.host.tx.query('SELECT set_config($1, $2, true)', [TENANT_SETTING, organizationId]);
    }
  }

  /** Runs `effect` once the transaction has committed; at once when none is open. */
  async afterCommit(effect: Effect): Promise<void> {
    if (this.isActive) this.cls.get<Effect[]>(EFFECTS).push(effect);
    else await effect();
  }

  /** Registers what completes every transaction from inside, such as writing its audit rows. */
  onBeforeCommit(hook: () => Promise<void>): void {
    this.beforeCommit.push(hook);
  }
}
