import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { PipelineConfigDto } from '../evaluation/pipeline-config.dto.js';

export interface ConfigRow {
  readonly config: PipelineConfigDto;
  readonly updated_at: Date;
  readonly updated_by: string | null;
}

@Injectable()
export class LabConfigsRepository {
  constructor(private readonly sql: Sql) {}

  /** Null where the instance has the default. */
  find(organizationId: string, instanceId: string): Promise<ConfigRow | null> {
    return this.sql.row({
      name: 'lab-configs-find',
      text: `SELECT config, updated_at, updated_by FROM lab_configs
             WHERE organization_id = $1 AND instance_id = $2`,
      values: [organizationId, instanceId],
    });
  }

  async put(organizationId: string, instanceId: string, row: ConfigRow): Promise<void> {
    await this.sql.execute({
      name: 'lab-configs-put',
      text: `INSERT INTO lab_configs (organization_id, instance_id, config, updated_at, updated_by)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (organization_id, instance_id)
             DO UPDATE SET config = EXCLUDED.config, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by`,
      values: [organizationId, instanceId, row.config, row.updated_at, row.updated_by],
    });
  }
}
