import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { TENANT_SETTING } from './data-source.js';
import { Sql } from './sql.js';
import { StartupError } from './startup-error.js';

/** Says so at the start where the database would not hold us to row-level security. */
@Injectable()
export class RowSecurityCheck implements OnModuleInit {
  private readonly logger = new Logger(RowSecurityCheck.name);

  constructor(private readonly sql: Sql) {}

  /** @throws StartupError where connections come without the setting that says whose they are. */
  async onModuleInit(): Promise<void> {
    const tenant = await this.sql.row<{ value: string | null }>({
      text: 'SELECT current_setting($1, true) AS value',
      values: [TENANT_SETTING],
    });
    if (tenant?.value !== '*') throw StartupError.poolerForgetsTenant(TENANT_SETTING);
    const role = await this.sql.row<{ name: string; is_exempt: boolean }>({
      text: 'SELECT rolname AS name, rolsuper OR rolbypassrls AS is_exempt FROM pg_roles WHERE rolname = current_user',
    });
    if (role?.is_exempt !== true) return;
    this.logger.warn(
      `Row-level security does not hold the database role ${role.name}: give DATABASE_URL one that is neither superuser nor BYPASSRLS`,
    );
  }
}
