import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';
import type { FoundDto } from './evaluation-answers.dto.js';

@Injectable()
export class LastEvaluationsRepository {
  constructor(private readonly sql: Sql) {}

  /** In place of the one before. */
  async keep(organizationId: string, sessionId: string, found: FoundDto): Promise<void> {
    await this.sql.execute({
      name: 'sandbox-evaluations-keep',
      text: `INSERT INTO sandbox_evaluations (session_id, organization_id, evaluation) VALUES ($1, $2, $3::jsonb)
             ON CONFLICT (session_id) DO UPDATE SET evaluation = $3::jsonb`,
      values: [sessionId, organizationId, JSON.stringify(found)],
    });
  }

  async find(sessionId: string): Promise<FoundDto | null> {
    const row = await this.sql.row<{ evaluation: FoundDto }>({
      name: 'sandbox-evaluations-find',
      text: 'SELECT evaluation FROM sandbox_evaluations WHERE session_id = $1',
      values: [sessionId],
    });
    return row?.evaluation ?? null;
  }
}
